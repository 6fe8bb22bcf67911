use std::io;

use persevere::retry;

#[retry(stop = stop_after_attempt(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
