use std::io;

use persevere::retry;

#[retry(wait = if slow { fixed(1s) } else { exponential(100ms) })]
pub fn ping(slow: bool) -> io::Result<()> {
    let _ = slow;
    Ok(())
}

fn main() {}
