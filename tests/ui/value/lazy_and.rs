use std::io;

use persevere::retry;

#[retry(when = transient() && !unsent())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
