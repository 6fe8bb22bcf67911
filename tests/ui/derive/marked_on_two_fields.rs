use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    Io(#[transient] std::io::Error, #[transient] std::io::Error),
}

fn main() {}
