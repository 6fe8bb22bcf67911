use std::io;

use persevere::retry;

#[retry(stop = after_attempt(3) || after_delay(30s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
