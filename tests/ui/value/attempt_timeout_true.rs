use std::io;

use persevere::retry;

#[retry(attempt_timeout = true)]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
