use std::io;

use persevere::retry;

#[retry(unless = Err(_))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
