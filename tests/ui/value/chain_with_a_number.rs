use std::io;

use persevere::retry;

#[retry(wait = chain((none(), 5)))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
