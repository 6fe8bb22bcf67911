use std::io;

use persevere::retry;

#[retry(attempt_timeout = seconds)]
pub async fn ping(seconds: u64) -> io::Result<()> {
    Ok(())
}

fn main() {}
