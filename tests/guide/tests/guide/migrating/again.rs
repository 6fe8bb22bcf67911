//! From again.

use persevere::{Policy, RetryPolicy, retry};

fn f(error: &&str) -> bool {
    *error == "busy"
}

#[retry(stop = after_attempt(6), wait = exponential(1s))]
async fn default() -> Result<u32, &'static str> {
    Ok(1)
}

#[retry(when = err(f), wait = exponential(100ms).full_jitter().max(10s), stop = after_attempt(4))]
async fn conditional() -> Result<u32, &'static str> {
    Ok(1)
}

#[retry(wait = 100ms, before_sleep = log_trace())]
async fn fixed() -> Result<u32, String> {
    Ok(1)
}

fn fetch(value: u32) -> Result<u32, &'static str> {
    Ok(value)
}

#[tokio::test]
async fn tasks_run() {
    let policy = RetryPolicy::new();
    assert_eq!(policy.run_async(|| async { fetch(1) }).await, Ok(1));
    assert_eq!(default().await, conditional().await);
    assert_eq!(fixed().await, Ok(1));
}
