use std::io;

use persevere::retry;

#[retry(wait = exponential_backoff(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
