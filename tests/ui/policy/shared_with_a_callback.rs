use persevere::{RetryPolicy, RetryState};

fn main() {
    let policy = RetryPolicy::new().on_failure(|state: &RetryState<'_, Option<u8>>| drop(state.reason()));
    let _ = policy.shared();
}
