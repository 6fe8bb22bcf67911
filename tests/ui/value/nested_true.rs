use std::io;

use persevere::retry;

#[retry(nested = true)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
