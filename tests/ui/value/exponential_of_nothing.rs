use std::io;

use persevere::retry;

#[retry(wait = exponential())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
