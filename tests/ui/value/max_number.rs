use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).max(10))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
