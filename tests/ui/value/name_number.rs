use std::io;

use persevere::retry;

#[retry(name = 3)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
