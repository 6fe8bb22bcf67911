use std::io;

use persevere::retry;

#[retry(when = transient() | (async |outcome| outcome.is_err()))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
