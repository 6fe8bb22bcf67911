use std::io;

use persevere::retry;

#[retry(wait = fixed(1s).jitter_ratio(f64::NAN))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
