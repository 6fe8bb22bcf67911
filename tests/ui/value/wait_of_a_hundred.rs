use std::io;

use persevere::retry;

#[retry(wait = 100)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
