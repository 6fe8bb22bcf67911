use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).factor(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
