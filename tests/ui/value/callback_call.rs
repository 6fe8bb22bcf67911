use std::io;

use persevere::retry;

#[retry(before_sleep = drop(1))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
