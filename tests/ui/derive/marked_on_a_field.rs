use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient]
    Timeout,
    Io(#[transient(source)] std::io::Error),
}

fn main() {}
