use std::io;

use persevere::retry;

static PAYMENTS: u32 = 3;

#[retry(breaker = &PAYMENTS)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
