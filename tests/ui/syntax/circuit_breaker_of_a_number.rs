use std::io;

use persevere::retry;

#[retry(circuit_breaker = 5)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
