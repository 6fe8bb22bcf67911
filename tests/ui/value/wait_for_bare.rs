use std::io;

use persevere::retry;

#[retry(breaker = wait_for)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
