use std::io;

use persevere::retry;

#[retry(wait = exponential(multiplier = 1, max = 10))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
