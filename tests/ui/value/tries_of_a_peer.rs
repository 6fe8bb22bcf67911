use std::io;

use persevere::retry;

#[retry(stop = tries(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
