use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(source)]
    Parse(std::num::ParseIntError),
}

fn main() {}
