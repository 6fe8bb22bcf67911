use std::io;

use persevere::retry;

#[retry(stop = max_attempts(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
