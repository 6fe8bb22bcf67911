use std::io;

use persevere::{CircuitBreaker, retry};

static API: CircuitBreaker = CircuitBreaker::new("api");

#[retry(rate_limiter = &API)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
