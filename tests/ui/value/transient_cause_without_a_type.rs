use std::io;

use persevere::retry;

#[retry(when = transient_cause())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

#[retry(when = !unsent_cause(io::Error, std::fmt::Error))]
pub fn pong() -> io::Result<()> {
    Ok(())
}

#[retry(when = idempotent_cause(true))]
pub fn get() -> io::Result<()> {
    Ok(())
}

#[retry(when = idempotent_cause::<io::Error>())]
pub fn post() -> io::Result<()> {
    Ok(())
}

fn main() {}
