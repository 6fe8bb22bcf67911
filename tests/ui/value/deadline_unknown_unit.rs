use std::io;

use persevere::retry;

#[retry(deadline = 10sec)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
