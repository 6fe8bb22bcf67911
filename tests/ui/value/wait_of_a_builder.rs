use std::io;

use persevere::retry;

#[retry(wait = ExponentialBuilder::default())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
