use std::io;

use persevere::retry;

#[retry(attempt_timeout = 10)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
