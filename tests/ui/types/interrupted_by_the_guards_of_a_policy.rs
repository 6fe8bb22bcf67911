use std::time::Duration;

use persevere::{RetryPolicy, retry};

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(policy = RetryPolicy::new().deadline(Duration::from_secs(10)))]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
