use std::io;

use persevere::retry;

#[retry(unless = Ok(_) | Err(..))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
