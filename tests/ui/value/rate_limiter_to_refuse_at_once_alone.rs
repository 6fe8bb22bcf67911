use std::io;

use persevere::retry;

#[retry(rate_limiter = fail_fast)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
