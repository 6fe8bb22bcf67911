use std::io;

use persevere::retry;

#[retry(stop = 30s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
