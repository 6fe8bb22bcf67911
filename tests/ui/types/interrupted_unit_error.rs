use persevere::{CircuitBreaker, retry};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[retry(breaker = &PAYMENTS)]
pub async fn ping() -> Result<u32, ()> {
    Ok(3)
}

fn main() {}
