use std::io;

use persevere::retry;

#[retry(fallback = Ok(()))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
