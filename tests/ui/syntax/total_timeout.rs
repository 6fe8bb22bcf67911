use std::io;

use persevere::retry;

#[retry(total_timeout = 10)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
