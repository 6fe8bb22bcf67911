use std::io;

use persevere::retry;

#[retry(wait = "5s")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
