use std::io;

use persevere::retry;

#[retry(wait = constant(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
