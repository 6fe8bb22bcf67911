use std::io;

use persevere::retry;

#[retry(wait = zero())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
