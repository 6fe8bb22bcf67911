use std::io;

use persevere::retry;

#[retry(on = Err(_) | Ok(..))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
