use std::io;

use persevere::retry;

#[retry(wait = fixed(1s) | random(0s..1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
