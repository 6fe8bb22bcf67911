use std::io;
use std::time::Duration;

use persevere::retry;

#[retry(attempt_timeout = limit)]
pub async fn ping(limit: Option<Duration>) -> io::Result<()> {
    Ok(())
}

fn main() {}
