use std::io;

use persevere::retry;

#[retry(wait_duration = 2s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
