use std::io;

use persevere::retry;

#[retry(breaker = &persevere::CircuitBreaker::new("payments").consecutive(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
