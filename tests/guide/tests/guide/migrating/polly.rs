//! From Polly.

use std::io;
use std::time::Duration;

use persevere::breaker::time;
use persevere::tower::RetryLayer;
use persevere::{Bulkhead, CircuitBreaker, GiveUp, Interrupt, Outcome, RetryPolicy, RetryState, retry};
use tower::{BoxError, ServiceBuilder, ServiceExt};


static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    .failure_rate(0.5, time(Duration::from_secs(10))).minimum(20).open_for(Duration::from_secs(5))
    .growing(1.5, Duration::from_secs(60));

static LISTED: CircuitBreaker = CircuitBreaker::new("listed")
    .open_times(&[Duration::from_secs(1), Duration::from_secs(30)]);

static REPORTS: Bulkhead = Bulkhead::new("reports", 8).queue(16);

fn f(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::NotFound
}

fn g(value: &u32) -> bool {
    *value == 0
}

fn pause(error: &io::Error) -> Option<Duration> {
    f(error).then_some(Duration::from_secs(1))
}

fn announce<O: Outcome>(state: &RetryState<'_, O>) {
    println!("attempt {} failed", state.attempt());
}

fn instead(_: GiveUp<io::Result<u32>>) -> io::Result<u32> {
    Ok(0)
}

#[retry(
    stop = after_attempt(4),
    wait = exponential(1s).max(30s).full_jitter(),
    when = err(f),
    before_sleep = announce,
    breaker = &PAYMENTS,
    deadline = 10s,
    attempt_timeout = 2s,
    hedge = delay(50ms).copies(2),
    fallback = instead,
    bulkhead = &REPORTS,
)]
async fn guarded() -> io::Result<u32> {
    Ok(1)
}

#[retry(wait = incrementing(1s, 1s), when = ok(g))]
fn polled() -> io::Result<u32> {
    Ok(1)
}

#[retry(wait = from_err(pause).or(fixed(1s)))]
fn hinted() -> io::Result<u32> {
    Ok(1)
}

#[tokio::test]
async fn calls_run() {
    assert_eq!(guarded().await.unwrap(), 1);
    assert_eq!(polled().unwrap(), hinted().unwrap());
    PAYMENTS.force_open();
    let refused = PAYMENTS.try_enter().unwrap_err();
    let Interrupt::CircuitOpen { retry_after } = refused.into() else {
        panic!("another interrupt")
    };
    assert_eq!(retry_after, None);
    PAYMENTS.reset();
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(RetryPolicy::new()))
        .service_fn(async |item: u32| Ok::<u32, BoxError>(item));
    assert_eq!(service.oneshot(7).await.unwrap(), 7);
}

#[test]
fn a_list_of_open_times() {
    let _ = LISTED.call(|| None::<u8>);
    assert_eq!(LISTED.counts().failures, 1);
}
