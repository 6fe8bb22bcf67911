use persevere::{Policy, RetryPolicy};

fn main() {
    let policy = RetryPolicy::new().wait(5);
    let _ = policy.run_async(|| async { Ok::<u8, String>(5) });
}
