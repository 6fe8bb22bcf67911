use std::io;

use persevere::retry;

#[retry(attempt_timeout = 0s)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
