use std::io;

use persevere::retry;

#[retry(wait = fixed(1s).factor(2.0))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
