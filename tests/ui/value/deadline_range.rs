use std::io;

use persevere::retry;

#[retry(deadline = 1s..3s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
