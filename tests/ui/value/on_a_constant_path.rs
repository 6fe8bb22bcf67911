use std::io;

use persevere::retry;

#[retry(on = io::ErrorKind::TimedOut)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
