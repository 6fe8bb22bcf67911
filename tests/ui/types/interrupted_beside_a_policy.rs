use persevere::{RetryPolicy, retry};

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(policy = RetryPolicy::new(), deadline = 10s)]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
