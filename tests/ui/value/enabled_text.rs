use std::io;

use persevere::retry;

#[retry(enabled = "yes")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
