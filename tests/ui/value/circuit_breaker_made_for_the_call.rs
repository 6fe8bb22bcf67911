use std::io;

use persevere::circuit_breaker;

#[circuit_breaker(&persevere::CircuitBreaker::new("payments"))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
