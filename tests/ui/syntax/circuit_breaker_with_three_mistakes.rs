use std::io;

use persevere::{CircuitBreaker, circuit_breaker};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[circuit_breaker(5, interupt = |i| Err(i.into()), stop = after_attempt(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
