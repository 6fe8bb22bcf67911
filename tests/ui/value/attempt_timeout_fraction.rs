use std::io;

use persevere::retry;

#[retry(attempt_timeout = 2.5)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
