use std::time::Duration;

use persevere::{RetryPolicy, hedge};

fn main() {
    let policy = RetryPolicy::new().hedge(hedge::delay(Duration::from_millis(50)));
    let _ = policy.shared();
}
