use std::io;

use persevere::retry;

#[retry(attempt_timeout = 1s..3s)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
