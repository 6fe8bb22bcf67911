//! From backoff.

use std::time::Duration;

use persevere::{Classified, Outcome, Policy, RetryPolicy, RetryState, Transient, retry};

#[derive(Debug, PartialEq)]
#[derive(Transient)]
enum ApiError {
    #[transient]
    Unavailable,
    #[transient(retry_after = after)]
    Limited { after: Duration },
    Denied,
}

fn announce<O: Outcome>(state: &RetryState<'_, O>) {
    println!("attempt {} failed", state.attempt());
}

#[retry(stop = before_delay(15min), wait = exponential(500ms).factor(1.5).max(1min).jitter_ratio(0.5))]
fn default() -> Result<u32, &'static str> {
    Ok(1)
}

#[retry(stop = before_delay(30s), wait = exponential(100ms).factor(2.0).max(10s), before_sleep = announce)]
fn limited() -> Result<u32, &'static str> {
    Ok(1)
}

#[retry(stop = never(), wait = 1s, when = transient())]
fn unlimited(errors: &mut Vec<ApiError>) -> Result<u32, ApiError> {
    errors.pop().map_or(Ok(1), Err)
}

#[retry(wait = none())]
fn foreign(after: Duration) -> Result<u32, Classified<&'static str>> {
    let error = "too many requests";
    Err(Classified::retry_after(error, after))
}

fn fetch(value: u32) -> Result<u32, &'static str> {
    Ok(value)
}

#[test]
fn errors_say_whether_to_go_on() {
    use persevere::testing::record;
    let after = Duration::from_secs(3);
    let mut errors = vec![ApiError::Denied, ApiError::Limited { after }, ApiError::Unavailable];
    let (outcome, recorded) = record(|| unlimited(&mut errors));
    assert_eq!(outcome, Err(ApiError::Denied));
    recorded.attempts(3);
    assert_eq!(default(), limited());
    record(|| foreign(after)).1.attempts(3);
}

#[tokio::test]
async fn futures_run() {
    let policy = RetryPolicy::new();
    assert_eq!(policy.run_async(|| async { fetch(1) }).await, Ok(1));
}
