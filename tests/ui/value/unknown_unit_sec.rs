use std::io;

use persevere::retry;

#[retry(wait = fixed(5sec))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
