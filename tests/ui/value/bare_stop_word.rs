use std::io;

use persevere::retry;

#[retry(stop = never)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
