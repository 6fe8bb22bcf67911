use std::io;

use persevere::retry;

#[retry(wait = random(3s..1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
