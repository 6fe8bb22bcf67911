use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).factor(0.5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
