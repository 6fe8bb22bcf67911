use std::io;

use persevere::retry;

#[retry(when = |e| e.kind() == io::ErrorKind::TimedOut)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
