use std::io;

use persevere::retry;

#[retry(wait = none)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
