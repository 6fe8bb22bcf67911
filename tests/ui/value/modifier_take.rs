use std::io;

use persevere::retry;

#[retry(wait = fixed(1s).take(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
