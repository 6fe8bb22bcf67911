use std::io;

use persevere::retry;

#[retry(stop = fixed(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
