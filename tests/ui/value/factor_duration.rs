use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).factor(2s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
