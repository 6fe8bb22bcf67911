use std::io;

use persevere::{RetryBudget, retry};

static BUDGET: RetryBudget = RetryBudget::tokens(500);

#[retry(budget = BUDGET)]
pub fn ping() -> io::Result<()> {
    Ok(())
}

fn main() {}
