use std::io;

use persevere::retry;

#[retry(wait = exponential(1s).factor(f64::INFINITY))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
