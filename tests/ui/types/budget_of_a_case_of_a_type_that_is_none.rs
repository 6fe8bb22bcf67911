use std::io;

use persevere::retry;

static BUDGET: u32 = 3;

#[retry(case(Err(_), budget = &BUDGET))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
