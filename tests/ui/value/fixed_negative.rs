use std::io;

use persevere::retry;

#[retry(wait = fixed(-5s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
