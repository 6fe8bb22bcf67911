use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(source, unsent)]
    Io(std::io::Error),
}

fn main() {}
