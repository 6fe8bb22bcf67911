use std::io;

use persevere::retry;

#[retry(deadline = 10s, deadline = 20s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
