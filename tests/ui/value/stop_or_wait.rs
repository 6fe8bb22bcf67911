use std::io;

use persevere::retry;

#[retry(stop = after_attempt(3) | fixed(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
