use std::io;

use persevere::retry;

#[retry(wait = schedule([1, 5]))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
