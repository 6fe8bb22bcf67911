use persevere::Transient;

#[derive(Transient)]
pub enum ApiError {
    #[transient(after = seconds)]
    Busy { seconds: std::time::Duration },
    #[transient(retryable)]
    Timeout,
    #[transient(permanent)]
    Unauthorized,
    #[transient(transparent)]
    Io(std::io::Error),
}

fn main() {}
