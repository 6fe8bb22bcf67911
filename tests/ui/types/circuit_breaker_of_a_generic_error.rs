use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(&PAYMENTS)]
pub async fn ping<E>(error: E) -> Result<(), E> {
    Err(error)
}

fn main() {}
