use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(source)]
    Timeout,
}

fn main() {}
