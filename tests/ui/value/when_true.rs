use std::io;

use persevere::retry;

#[retry(when = true)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
