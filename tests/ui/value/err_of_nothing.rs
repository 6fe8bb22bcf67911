use std::io;

use persevere::retry;

#[retry(when = err())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
