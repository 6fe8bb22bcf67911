use std::io;

use persevere::retry;

#[retry(deadline = true)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
