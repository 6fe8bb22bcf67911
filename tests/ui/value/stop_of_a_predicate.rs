use std::io;

use persevere::retry;

#[retry(stop = transient())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
