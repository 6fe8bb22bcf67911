use std::io;

use persevere::retry;

#[retry(attempt_timeout = fixed(2s))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
