use std::io;

use persevere::retry;

#[retry(when = false)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
