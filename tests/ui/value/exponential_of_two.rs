use std::io;

use persevere::retry;

#[retry(wait = exponential(100ms, 10s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
