use std::io;

use persevere::retry;

#[retry(stats = "stats")]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
