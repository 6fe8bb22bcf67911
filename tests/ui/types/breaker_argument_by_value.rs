use std::io;

use persevere::{CircuitBreaker, retry};

#[retry(breaker = breaker)]
pub fn ping(breaker: CircuitBreaker) -> io::Result<()> {
    Ok(())
}

fn main() {}
