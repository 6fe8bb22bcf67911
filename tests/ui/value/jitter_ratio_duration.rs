use std::io;

use persevere::retry;

#[retry(wait = fixed(1s).jitter_ratio(100ms))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
