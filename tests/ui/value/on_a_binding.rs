use std::io;

use persevere::retry;

#[retry(on = x)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
