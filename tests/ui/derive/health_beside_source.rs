use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(source, health = well)]
    Io(std::io::Error),
}

fn main() {}
