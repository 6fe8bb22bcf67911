use persevere::{RetryBudget, RetryPolicy};

fn main() {
    let budget = RetryBudget::total(5);
    let _ = RetryPolicy::new().budget(budget).run(|| Ok::<u8, String>(5));
}
