use std::io;

use persevere::retry;

#[retry(unless = outcome)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
