use std::io;

use persevere::retry;

pub struct Soon;

#[retry(deadline = Soon)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
