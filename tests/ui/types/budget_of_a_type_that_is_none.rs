use std::io;

use persevere::retry;

static BUDGET: u32 = 3;

#[retry(budget = &BUDGET)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
