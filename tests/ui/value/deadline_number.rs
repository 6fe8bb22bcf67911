use std::io;

use persevere::retry;

#[retry(deadline = 10)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
