use std::time::Duration;

use persevere::{RetryPolicy, wait};

fn main() {
    let asks = wait::from_err(|seconds: &u64| Some(Duration::from_secs(*seconds)));
    let _ = RetryPolicy::new().wait(asks.or(wait::none())).shared();
}
