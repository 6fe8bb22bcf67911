use std::io;

use persevere::retry;

#[retry(wait = schedule(1s, 5s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
