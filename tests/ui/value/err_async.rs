use std::io;

use persevere::retry;

#[retry(when = err(async |error| true) | ok(|_| async { true }))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
