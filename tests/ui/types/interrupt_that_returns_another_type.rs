use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s, interrupt = |_| 3)]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
