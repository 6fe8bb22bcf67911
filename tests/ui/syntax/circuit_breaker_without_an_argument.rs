use std::io;

use persevere::circuit_breaker;

#[circuit_breaker]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
