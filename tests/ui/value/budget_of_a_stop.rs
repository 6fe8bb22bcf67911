use std::io;

use persevere::retry;

#[retry(budget = after_attempt(5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
