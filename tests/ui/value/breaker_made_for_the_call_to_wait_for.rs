use std::io;

use persevere::retry;

#[retry(breaker = wait_for(&persevere::CircuitBreaker::new("payments")))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
