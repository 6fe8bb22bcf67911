use std::io;

use persevere::retry;

#[retry(stop = after_delay(100m))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
