use std::io;

use persevere::retry;

#[retry(wait = fixed())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
