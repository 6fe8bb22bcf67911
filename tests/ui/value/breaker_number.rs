use std::io;

use persevere::retry;

#[retry(breaker = 5)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
