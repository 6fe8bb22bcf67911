use std::io;

use persevere::retry;

#[retry(wait = linear(1s, 500ms))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
