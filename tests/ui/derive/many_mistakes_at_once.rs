use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(sauce)]
    Io(std::io::Error),
    #[transient(retry_after = after)]
    Busy(std::time::Duration),
    #[transient(unsent, unsent)]
    Refused,
}

// Goes on compiling.
pub fn wants(error: ApiError) -> impl Transient {
    error
}

fn main() {}
