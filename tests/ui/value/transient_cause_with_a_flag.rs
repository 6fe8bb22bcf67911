use std::io;

use persevere::retry;

#[retry(when = transient_cause::<io::Error>(true))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

#[retry(when = transient_cause::<io::Error>().no_redirects())]
pub fn pong() -> io::Result<()> {
    Ok(())
}

fn main() {}
