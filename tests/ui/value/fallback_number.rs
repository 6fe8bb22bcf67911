use std::io;

use persevere::retry;

#[retry(fallback = 0)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
