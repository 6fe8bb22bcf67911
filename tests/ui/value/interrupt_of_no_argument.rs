use std::io;

use persevere::retry;

#[retry(deadline = 10s, interrupt = || Err(io::Error::other("late")))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
