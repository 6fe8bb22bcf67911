use std::io;

use persevere::retry;

#[retry(wait = random(1..3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
