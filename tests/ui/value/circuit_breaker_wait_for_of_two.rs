use std::io;

use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(wait_for(&PAYMENTS, 3s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
