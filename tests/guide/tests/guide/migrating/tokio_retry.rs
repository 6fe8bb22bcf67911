//! From tokio-retry and tokio-retry2.

use std::time::Duration;

use persevere::{Outcome, Policy, RetryPolicy, RetryState, Transient, retry};

#[derive(Debug, PartialEq)]
#[derive(Transient)]
enum ApiError {
    #[transient]
    Unavailable,
    #[transient(retry_after = after)]
    Limited { after: Duration },
    Denied,
}

fn f(error: &ApiError) -> bool {
    *error != ApiError::Denied
}

fn announce<O: Outcome>(state: &RetryState<'_, O>) {
    println!("attempt {} failed", state.attempt());
}

#[retry(wait = exponential(10ms).factor(10.0).max(10s).full_jitter(), stop = after_attempt(4), when = err(f))]
async fn powers(errors: &mut Vec<ApiError>) -> Result<u32, ApiError> {
    errors.pop().map_or(Ok(1), Err)
}

#[retry(wait = exponential(100ms))]
async fn doubled() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(wait = 100ms)]
async fn fixed() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(wait = fibonacci(100ms))]
async fn fibonacci() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(wait = exponential(500ms).jitter_ratio(0.5), before_sleep = announce)]
async fn factored() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(wait = incrementing(500ms, 500ms))]
async fn linear() -> Result<u32, ApiError> {
    Ok(1)
}

fn fetch(value: u32) -> Result<u32, ApiError> {
    Ok(value)
}

#[tokio::test(start_paused = true)]
async fn calls_run() {
    let after = Duration::from_secs(1);
    let mut errors = vec![ApiError::Denied, ApiError::Limited { after }, ApiError::Unavailable];
    assert_eq!(powers(&mut errors).await, Err(ApiError::Denied));
    let policy = RetryPolicy::new();
    assert_eq!(policy.run_async(|| async { fetch(1) }).await, Ok(1));
    let calls = [doubled().await, fixed().await, fibonacci().await, factored().await, linear().await];
    assert_eq!(calls, [Ok(1), Ok(1), Ok(1), Ok(1), Ok(1)]);
}
