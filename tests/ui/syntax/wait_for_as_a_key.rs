use std::io;

use persevere::retry;

#[retry(wait_for = &PAYMENTS)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
