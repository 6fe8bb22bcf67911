use std::io;

use persevere::retry;

#[retry(breaker = fixed(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
