use std::io;

use persevere::retry;

#[retry(braker = &PAYMENTS)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
