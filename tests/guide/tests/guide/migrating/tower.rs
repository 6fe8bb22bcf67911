//! From tower::retry and tower-resilience.

use std::io;
use std::time::Duration;

use persevere::breaker::count;
use persevere::hedge::delay;
use persevere::tower::{CircuitBreakerLayer, RetryLayer};
use persevere::{Bulkhead, CircuitBreaker, Outcome, Policy, RetryBudget, RetryPolicy, RetryState, stop, wait, when};
use tower::{BoxError, ServiceBuilder, ServiceExt};


static BUDGET: RetryBudget = RetryBudget::ratio(0.2, Duration::from_secs(10));
static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    .failure_rate(0.5, count(100)).minimum(20)
    .slow_calls(Duration::from_secs(2), 0.8, count(100))
    .open_for(Duration::from_secs(60)).probes(3);

static REPORTS: Bulkhead = Bulkhead::new("reports", 8).queue(0);

fn f(error: &BoxError) -> bool {
    error.downcast_ref::<io::Error>().is_some()
}

fn g(value: &u32) -> bool {
    *value == 0
}

fn copy(request: &u32) -> Option<u32> {
    Some(*request)
}

fn is_idempotent(request: &u32) -> bool {
    *request > 0
}

fn announce<O: Outcome>(state: &RetryState<'_, O>) {
    println!("attempt {} failed", state.attempt());
}

#[tokio::test]
async fn stacks_answer() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(5))
        .wait(wait::exponential(Duration::from_secs(1)).max(Duration::from_secs(60)).jitter_ratio(0.5))
        .when(when::err(f))
        .deadline(Duration::from_secs(10))
        .attempt_timeout(Duration::from_secs(2))
        .budget(&BUDGET)
        .bulkhead(&REPORTS)
        .before_sleep(announce);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(policy).replay(copy))
        .concurrency_limit(8)
        .layer(CircuitBreakerLayer::new(&PAYMENTS))
        .service_fn(async |item: u32| Ok::<u32, BoxError>(item));
    assert_eq!(stack.oneshot(7).await.unwrap(), 7);

    let policy = RetryPolicy::new().wait(wait::exponential(Duration::from_millis(100))).when(when::transient());
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(policy).idempotent(is_idempotent))
        .service_fn(async |item: u32| Ok::<u32, io::Error>(item));
    assert_eq!(stack.oneshot(7).await.unwrap(), 7);

    let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_millis(100))).when(when::ok(g));
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(policy))
        .service_fn(async |item: u32| Ok::<u32, io::Error>(item));
    assert_eq!(stack.oneshot(7).await.unwrap(), 7);
}

#[tokio::test]
async fn closures_are_hedged() {
    let policy = RetryPolicy::new().hedge(delay(Duration::from_millis(50)).copies(2));
    assert_eq!(policy.run_async(async || Ok::<u32, io::Error>(7)).await.unwrap(), 7);
}
