use std::io;

use persevere::retry;

pub struct Deep;

#[retry(nested = Deep)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
