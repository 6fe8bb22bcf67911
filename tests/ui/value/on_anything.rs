use std::io;

use persevere::retry;

#[retry(on = _)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
