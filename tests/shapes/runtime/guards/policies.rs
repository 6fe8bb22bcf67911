//! Policies with guards.

use super::*;
use persevere::{Policy, RetryPolicy, wait};

/// Its breaker is hidden.
fn shared<T>(breaker: &CircuitBreaker) -> impl Policy<io::Result<T>> {
    RetryPolicy::new().wait(wait::none()).breaker(breaker)
}

#[retry(policy = shared(breaker), deadline = 1min)]
async fn limited(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test]
async fn the_guards_of_a_policy_that_hides_its_type_can_be_added_to() {
    let breaker = CircuitBreaker::new("test").consecutive(2);
    let tries = Tries::new();
    assert!(limited(&breaker, &tries).await.is_err());
    assert_eq!(tries.made(), 2);
    assert_eq!(breaker.counts().failures, 2);
}

static COUNTED: persevere::RetryStats = persevere::RetryStats::new();

fn counted<T>() -> impl Policy<io::Result<T>> {
    RetryPolicy::new()
        .wait(SECOND)
        .deadline(10 * SECOND)
        .stats(&COUNTED)
}

#[retry(policy = counted(), before_sleep = |_| (), before = |_| (), stop = never())]
async fn told_otherwise(tries: &Tries) -> io::Result<u32> {
    assert_eq!(COUNTED.asleep(), 0);
    tries.next();
    Err(refused())
}

/// Callbacks of the attribute stand in for those of the policy, not for its statistics of sleepers.
#[tokio::test(start_paused = true)]
async fn the_statistics_of_a_policy_know_who_sleeps() {
    let tries = Tries::new();
    let mut call = Box::pin(told_otherwise(&tries));
    let half = tokio::time::timeout(SECOND / 2, &mut call);
    assert!(half.await.is_err());
    assert_eq!((COUNTED.asleep(), COUNTED.idle_time()), (1, SECOND));
    drop(call);
    assert_eq!(COUNTED.asleep(), 0);
    assert!(told_otherwise(&Tries::new()).await.is_err());
    assert_eq!((COUNTED.asleep(), COUNTED.idle_time()), (0, 10 * SECOND));
}
