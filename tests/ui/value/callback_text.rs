use std::io;

use persevere::retry;

#[retry(before_sleep = "retrying")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
