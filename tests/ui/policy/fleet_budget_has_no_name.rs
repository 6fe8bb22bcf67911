use persevere::{Fleet, RetryBudget};

static BUDGET: RetryBudget = RetryBudget::tokens(500);

fn main() {
    let _ = Fleet::connect("redis://127.0.0.1/").namespace("shop").join(&BUDGET);
}
