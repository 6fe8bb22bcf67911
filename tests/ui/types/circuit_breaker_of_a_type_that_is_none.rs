use std::io;

use persevere::circuit_breaker;

static PAYMENTS: u32 = 3;

#[circuit_breaker(&PAYMENTS)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
