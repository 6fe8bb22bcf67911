use std::io;

use persevere::retry;

#[retry(wait = exponential(100))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
