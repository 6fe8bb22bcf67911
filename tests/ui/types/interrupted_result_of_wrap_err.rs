use persevere::{RetryError, retry};

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s, wrap_err = true)]
pub fn ping() -> Result<(), RetryError<ApiError>> {
    Err(ApiError::Refused)
}

fn main() {}
