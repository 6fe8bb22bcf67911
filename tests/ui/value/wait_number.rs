use std::io;

use persevere::retry;

#[retry(wait = 5)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
