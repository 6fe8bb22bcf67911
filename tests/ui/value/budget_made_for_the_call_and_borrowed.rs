use std::io;

use persevere::retry;

#[retry(budget = &persevere::RetryBudget::tokens(500))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
