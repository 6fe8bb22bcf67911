use std::io;

use persevere::retry;

#[retry(on = Ok(value))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
