use std::io;

use persevere::retry;

#[retry(stop = constant(1s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
