use std::io;
use std::time::Instant;

use persevere::retry;

#[retry(attempt_timeout = end)]
pub async fn ping(end: Instant) -> io::Result<()> {
    Ok(())
}

fn main() {}
