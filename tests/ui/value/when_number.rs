use std::io;

use persevere::retry;

#[retry(when = 503)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
