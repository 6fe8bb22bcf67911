use std::io;

use persevere::retry;

#[retry(unless = _)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
