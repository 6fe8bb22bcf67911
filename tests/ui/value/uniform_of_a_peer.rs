use std::io;

use persevere::retry;

#[retry(wait = uniform(1s..3s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
