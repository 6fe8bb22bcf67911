use std::io;

use persevere::retry;

#[retry(nested = single(), interrupt = |i| Err(i.into()))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
