use persevere::{CircuitBreaker, retry};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(breaker = &PAYMENTS)]
pub fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
