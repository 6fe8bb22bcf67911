use std::io;

use persevere::{CircuitBreaker, retry};

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");

#[retry(breaker = PAYMENTS.failures(5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
