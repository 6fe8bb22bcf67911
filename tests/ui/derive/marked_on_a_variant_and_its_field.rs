use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(unsent)]
    Io(#[transient] std::io::Error),
}

#[derive(Transient)]
#[transient(source = cause)]
pub struct Load {
    pub cause: std::io::Error,
    #[transient]
    pub other: std::io::Error,
}

fn main() {}
