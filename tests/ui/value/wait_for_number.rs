use std::io;

use persevere::retry;

#[retry(breaker = wait_for(5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
