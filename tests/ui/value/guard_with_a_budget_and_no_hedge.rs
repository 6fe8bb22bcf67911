use persevere::{RetryBudget, guard};

static BUDGET: RetryBudget = RetryBudget::tokens(100);

#[guard(deadline = 1s, budget = &BUDGET)]
pub async fn ping() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
