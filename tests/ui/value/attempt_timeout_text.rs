use std::io;

use persevere::retry;

#[retry(attempt_timeout = "10s")]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
