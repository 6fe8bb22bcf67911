use std::io;

use persevere::retry;

#[retry(wait = 2.5)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
