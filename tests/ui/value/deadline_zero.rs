use std::io;

use persevere::retry;

#[retry(deadline = 0s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
