use std::io;

use persevere::retry;

#[retry(deadline)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
