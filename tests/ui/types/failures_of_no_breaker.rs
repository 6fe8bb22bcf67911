use std::io;

use persevere::retry;

static PAYMENTS: u32 = 3;

#[retry(breaker = PAYMENTS.failures(transient()))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
