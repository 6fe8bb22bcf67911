use std::io;

use persevere::retry;

#[retry(stop = after_atempt(3))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
