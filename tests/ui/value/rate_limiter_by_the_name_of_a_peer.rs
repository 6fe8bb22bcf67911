use std::io;

use persevere::retry;

#[retry(rate_limit = 100)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
