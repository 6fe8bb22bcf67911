use std::io;

use persevere::retry;

#[retry(wait = exponential(10ms).min(5s).max(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
