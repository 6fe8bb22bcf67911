//! From gRPC's service config.

use std::time::Duration;

use persevere::{RetryBudget, retry};
use tonic::Status;

static BUDGET: RetryBudget = RetryBudget::throttle(10, 0.1);

#[retry(
    stop = after_attempt(4),
    when = transient(),
    wait = exponential(100ms).factor(2.0).max(1s).jitter_ratio(0.2),
    budget = &BUDGET,
    deadline = 10s,
    attempt = at,
)]
async fn unary() -> Result<Option<Duration>, Status> {
    Ok(at.remaining())
}

#[retry(hedge = delay(50ms).copies(3))]
async fn hedged() -> Result<u32, Status> {
    Ok(1)
}

#[tokio::test]
async fn calls_run() {
    assert!(unary().await.unwrap() <= Some(Duration::from_secs(10)));
    assert_eq!(hedged().await.unwrap(), 1);
}
