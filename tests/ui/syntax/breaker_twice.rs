use std::io;

use persevere::retry;

#[retry(breaker = &PAYMENTS, breaker = wait_for(&PAYMENTS))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
