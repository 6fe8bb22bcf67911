use std::io;

use persevere::retry;

#[retry(nested = shared())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
