use std::io;

use persevere::retry;

#[retry(policy = 3)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
