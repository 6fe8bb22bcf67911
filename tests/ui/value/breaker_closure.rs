use std::io;

use persevere::retry;

#[retry(breaker = |_| true)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
