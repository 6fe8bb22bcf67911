use std::io;

use persevere::retry;

#[retry(when = err(async |error| true) | ok(|_| async { true }))]
pub async fn ping() -> io::Result<()> {
    Ok(())
}

#[retry(stop = stop_when(async |progress| true), wait = from_err(async |error| None).or(1s))]
pub async fn pong() -> io::Result<()> {
    Ok(())
}

fn main() {}
