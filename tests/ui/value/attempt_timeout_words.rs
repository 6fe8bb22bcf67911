use std::io;

use persevere::retry;

#[retry(attempt_timeout = "soon")]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
