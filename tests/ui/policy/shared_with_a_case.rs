use persevere::{RetryPolicy, stop, wait, when};

fn main() {
    let policy = RetryPolicy::new().case(when::any_failure(), stop::after_attempt(2), wait::none());
    let _ = policy.shared();
}
