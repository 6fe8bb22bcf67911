use std::io;

use persevere::retry;

#[retry(circuit_breaker = PAYMENTS)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
