use std::io;

use persevere::retry;

#[retry(when = transient)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
