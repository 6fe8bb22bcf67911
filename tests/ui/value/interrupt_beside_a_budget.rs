use std::io;

use persevere::{RetryBudget, retry};

static BUDGET: RetryBudget = RetryBudget::tokens(500);

#[retry(budget = &BUDGET, interrupt = |i| Err(i.into()))]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
