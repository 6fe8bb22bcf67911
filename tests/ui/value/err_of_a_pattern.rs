use std::io;

use persevere::retry;

#[retry(when = err(Err(_)))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
