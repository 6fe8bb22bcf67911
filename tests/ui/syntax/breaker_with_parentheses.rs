use std::io;

use persevere::retry;

#[retry(breaker(&PAYMENTS))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
