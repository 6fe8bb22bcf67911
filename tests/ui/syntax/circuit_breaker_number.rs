use std::io;

use persevere::circuit_breaker;

#[circuit_breaker(5)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
