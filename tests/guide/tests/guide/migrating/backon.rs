//! From backon.

use std::time::Duration;

use persevere::{Policy, RetryPolicy, RetryState, Transient, retry, wait, when};

#[derive(Debug, PartialEq)]
#[derive(Transient)]
enum ApiError {
    #[transient(retry_after = after)]
    Busy { after: Duration },
}

impl ApiError {
    fn is_busy(&self) -> bool {
        matches!(self, ApiError::Busy { .. })
    }
}

fn f(pause: Duration) {
    std::thread::sleep(pause);
}

#[retry(stop = after_attempt(4), wait = exponential(1s).max(1min))]
fn default() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(wait = exponential(2s).max(2min).equal_jitter())]
fn jittered() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(wait = exponential(1s).max(1min).full_jitter(), before_sleep = log_warn())]
fn fully_jittered() -> Result<u32, String> {
    Ok(1)
}

#[retry(wait = 1s, stop = before_delay(30s), when = transient())]
fn constant(after: Duration) -> Result<u32, ApiError> {
    Err(ApiError::Busy { after })
}

#[retry(wait = fibonacci(1s).max(1min), stop = never(), when = err(|e| e.is_busy()))]
fn fibonacci() -> Result<u32, ApiError> {
    Ok(1)
}

#[retry(
    wait = exponential(100ms).factor(1.5).max(10s),
    before_sleep = |s| eprintln!("{:?} {:?}", s.err(), s.pause()),
    sleep = f,
)]
fn notified() -> Result<u32, ApiError> {
    Ok(1)
}

fn fetch(value: u32) -> Result<u32, ApiError> {
    Ok(value)
}

#[test]
fn functions_and_closures_run() {
    let policy = RetryPolicy::new();
    assert_eq!(policy.run(|| fetch(1)), Ok(1));
    assert_eq!(fully_jittered(), Ok(1));
    for outcome in [default(), jittered(), fibonacci(), notified()] {
        assert_eq!(outcome, Ok(1));
    }
    let (_, recorded) = persevere::testing::record(|| constant(Duration::from_secs(20)));
    recorded.attempts(2);
}

#[tokio::test]
async fn closures_of_a_policy_name_their_types() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::err(|e: &ApiError| e.is_busy()))
        .before_sleep(|s: &RetryState<'_, Result<u32, ApiError>>| eprintln!("{:?}", s.err()));
    assert_eq!(policy.run_async(|| async { fetch(1) }).await, Ok(1));
    let after = Duration::ZERO;
    let report = policy.report(|| Err(ApiError::Busy { after }));
    assert_eq!(report.attempts(), 3);
}
