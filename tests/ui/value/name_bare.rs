use std::io;

use persevere::retry;

#[retry(name = payments)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
