use std::io;

use persevere::retry;

#[retry(wait = schedule([]))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
