use std::io;

use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(interrupt = |i| Err(i.into()), &PAYMENTS)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
