use std::io;
use std::time::Duration;

use persevere::retry;

#[retry(deadline = limit)]
pub fn ping(limit: &Duration) -> io::Result<()> {
    Ok(())
}

fn main() {}
