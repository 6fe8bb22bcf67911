use std::io;

use persevere::retry;

#[retry(stop = any(()))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
