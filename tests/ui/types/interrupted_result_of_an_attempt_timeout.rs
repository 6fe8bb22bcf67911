use persevere::retry;

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(attempt_timeout = 2s)]
pub async fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
