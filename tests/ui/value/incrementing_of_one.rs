use std::io;

use persevere::retry;

#[retry(wait = incrementing(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
