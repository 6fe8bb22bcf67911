use std::io;

use persevere::retry;

#[retry(stop = after_attempt(2.5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
