use std::io;

use persevere::retry;

#[retry(stop = after_attempt())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
