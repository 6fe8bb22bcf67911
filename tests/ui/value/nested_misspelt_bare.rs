use std::io;

use persevere::retry;

#[retry(nested = singel)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
