use std::io;

use persevere::retry;

#[retry(retry_budget = &BUDGET)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
