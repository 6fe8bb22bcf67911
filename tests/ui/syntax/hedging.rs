use std::io;

use persevere::retry;

#[retry(hedging = 2)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
