use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(source)]
    Io(std::io::Error, u16),
}

fn main() {}
