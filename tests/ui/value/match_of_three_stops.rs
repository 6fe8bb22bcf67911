use std::io;

use persevere::retry;

#[retry(stop = match level { 0 => never(), 1 => after_attempt(3), _ => after_delay(3s) | after_attempt(8) })]
pub fn ping(level: u8) -> io::Result<()> {
    let _ = level;
    Ok(())
}

fn main() {}
