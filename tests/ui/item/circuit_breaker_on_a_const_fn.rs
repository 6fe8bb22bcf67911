use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(&PAYMENTS)]
pub const fn ping() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {}
