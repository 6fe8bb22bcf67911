use std::io;

use persevere::retry;

#[retry(attempt_timeout = 10sec)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
