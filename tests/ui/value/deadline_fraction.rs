use std::io;

use persevere::retry;

#[retry(deadline = 2.5)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
