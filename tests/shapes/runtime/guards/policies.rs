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

fn reserving() -> impl Policy<io::Result<u32>> {
    RetryPolicy::new()
        .stop(persevere::stop::never())
        .wait(3 * SECOND)
        .deadline(10 * SECOND)
        .fallback_within(5 * SECOND, |_| Ok(7))
}

#[retry(policy = reserving())]
async fn left_to_the_policy(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[retry(policy = reserving(), before = |_| ())]
async fn with_a_loop_of_its_own(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

/// The fallback of a policy has its time in every form of a call.
#[tokio::test(start_paused = true)]
async fn the_time_that_a_policy_reserves_is_kept_beside_other_keys() {
    let [one, other, third] = [Tries::new(), Tries::new(), Tries::new()];
    assert_eq!(left_to_the_policy(&one).await.unwrap(), 7);
    assert_eq!(with_a_loop_of_its_own(&other).await.unwrap(), 7);
    let policy = reserving();
    let run = policy.run_async(async || {
        third.next();
        Err(refused())
    });
    assert_eq!(run.await.unwrap(), 7);
    assert_eq!([one.made(), other.made(), third.made()], [2, 2, 2]);
}
