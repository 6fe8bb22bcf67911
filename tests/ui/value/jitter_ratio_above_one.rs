use std::io;

use persevere::retry;

#[retry(wait = fixed(1s).jitter_ratio(1.5))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
