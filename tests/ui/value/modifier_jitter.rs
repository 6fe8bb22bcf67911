use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).jitter())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
