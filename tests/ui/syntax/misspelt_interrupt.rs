use std::io;

use persevere::retry;

#[retry(interupt = |i| Err(i.into()))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
