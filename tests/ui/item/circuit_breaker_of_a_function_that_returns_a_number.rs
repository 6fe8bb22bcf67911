use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(&PAYMENTS)]
pub fn count() -> u32 {
    3
}

fn main() {}
