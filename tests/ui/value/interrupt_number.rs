use std::io;

use persevere::retry;

#[retry(deadline = 10s, interrupt = 3)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
