use std::io;

use persevere::retry;

#[retry(wait = [1s, 5s, 30s])]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
