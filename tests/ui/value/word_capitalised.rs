use std::io;

use persevere::retry;

#[retry(wait = Exponential(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
