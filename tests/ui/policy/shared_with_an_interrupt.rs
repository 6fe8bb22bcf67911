use std::time::Duration;

use persevere::{Interrupt, RetryPolicy};

fn main() {
    let policy = RetryPolicy::new().deadline(Duration::from_secs(3));
    let _ = policy.interrupt(|_: Interrupt| None::<u8>).shared();
}
