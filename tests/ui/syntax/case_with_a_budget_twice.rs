use std::io;

use persevere::retry;

#[retry(case(Err(_), budget = &BUDGET, budget = &BUDGET))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
