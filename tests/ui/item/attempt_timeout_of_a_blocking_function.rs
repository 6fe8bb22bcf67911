use std::io;

use persevere::retry;

#[retry(attempt_timeout = 2s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
