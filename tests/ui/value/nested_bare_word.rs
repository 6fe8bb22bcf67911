use std::io;

use persevere::retry;

#[retry(nested = single)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
