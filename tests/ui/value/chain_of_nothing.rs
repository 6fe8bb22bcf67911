use std::io;

use persevere::retry;

#[retry(wait = chain())]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
