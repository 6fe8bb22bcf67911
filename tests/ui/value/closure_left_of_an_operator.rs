use std::io;

use persevere::retry;

#[retry(when = |o| o.is_err() | transient())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
