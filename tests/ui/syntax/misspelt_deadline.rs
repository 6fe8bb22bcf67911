use std::io;

use persevere::retry;

#[retry(dedline = 10s)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
