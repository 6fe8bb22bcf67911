use std::io;

use persevere::retry;

#[retry(attempt_timout = 2s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
