use persevere::{RetryPolicy, stop};

fn main() {
    let patient = true;
    let policy = if patient {
        RetryPolicy::new().stop(stop::after_attempt(10))
    } else {
        RetryPolicy::new()
    };
    let _ = policy.run(|| Ok::<u8, String>(5));
}
