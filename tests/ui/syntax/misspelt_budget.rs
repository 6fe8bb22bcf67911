use std::io;

use persevere::retry;

#[retry(buget = &BUDGET)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
