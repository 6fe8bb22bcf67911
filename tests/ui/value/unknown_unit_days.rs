use std::io;

use persevere::retry;

#[retry(stop = after_delay(1d))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
