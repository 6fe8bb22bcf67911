use std::io;

use persevere::retry;

#[retry(breaker = payments)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
