use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).full_jitter(true))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
