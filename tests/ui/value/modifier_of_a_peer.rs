use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).with_max_delay(10s))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
