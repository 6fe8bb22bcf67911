use std::io;

use persevere::retry;

#[retry(wait = fixed(1s) * 2)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
