use std::io;

use persevere::retry;

#[retry(nested = single(1))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
