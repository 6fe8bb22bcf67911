use std::io;

use persevere::retry;

#[retry(budget = &BUDGET)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
