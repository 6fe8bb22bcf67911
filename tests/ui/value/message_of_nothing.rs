use std::io;

use persevere::retry;

#[retry(when = message())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
