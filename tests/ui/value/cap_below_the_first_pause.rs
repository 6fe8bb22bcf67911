use std::io;

use persevere::retry;

#[retry(wait = exponential(10s).max(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
