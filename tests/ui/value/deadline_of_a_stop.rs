use std::io;

use persevere::retry;

#[retry(deadline = before_delay(30s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
