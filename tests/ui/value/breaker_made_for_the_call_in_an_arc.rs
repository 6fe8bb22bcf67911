use std::io;

use persevere::retry;

#[retry(breaker = std::sync::Arc::new(persevere::CircuitBreaker::new("payments")))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
