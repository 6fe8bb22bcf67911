use std::io;

use persevere::retry;

#[retry(when = err(io::Error))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
