use std::io;

use persevere::retry;

#[retry(case(Ok(_), stop = after_attempt(2)))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
