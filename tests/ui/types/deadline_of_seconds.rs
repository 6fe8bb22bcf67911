use std::io;

use persevere::retry;

#[retry(deadline = seconds)]
pub fn ping(seconds: u64) -> io::Result<()> {
    Ok(())
}

fn main() {}
