use std::io;

use persevere::retry;

#[retry(deadline = |_| 10s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
