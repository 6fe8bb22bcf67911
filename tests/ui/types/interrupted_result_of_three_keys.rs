use persevere::{CircuitBreaker, retry};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[derive(Debug)]
pub enum ApiError {
    Refused,
}

#[retry(deadline = 10s, attempt_timeout = 2s, breaker = &PAYMENTS)]
pub async fn ping() -> Result<(), ApiError> {
    Err(ApiError::Refused)
}

fn main() {}
