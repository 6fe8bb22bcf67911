use std::io;

use persevere::retry;

#[retry(wait = fixed(0.5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
