//! Policies under the retry layer, where each of their parts applies.
#![cfg(all(feature = "tower", feature = "tokio"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::tower::{Retry, RetryLayer};
use persevere_core::{
    CircuitBreaker, Interrupt, Policy, RetryBudget, RetryPolicy, RetryState, RetryStats,
    StopReason, Verdict, stop, wait, when,
};
use tokio::time::{Instant, advance, sleep, timeout};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

const SECOND: Duration = Duration::from_secs(1);

type Outcome = Result<u32, BoxError>;

fn every_second() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
}

/// Wraps a service that fails a number of times, and then returns the number of its calls.
fn retried<P: Policy<Outcome> + Clone>(
    policy: P,
    failures: u32,
) -> Retry<
    impl Service<(), Response = u32, Error = BoxError, Future: Send> + Clone + Send + use<P>,
    P,
> {
    let calls = Arc::new(AtomicU32::new(0));
    let service = service_fn(move |()| {
        let calls = calls.fetch_add(1, Relaxed) + 1;
        async move {
            if calls <= failures {
                Err(BoxError::from("refused"))
            } else {
                Ok(calls)
            }
        }
    });
    RetryLayer::new(policy).layer(service)
}

#[tokio::test(start_paused = true)]
async fn attempts_and_pauses() {
    let start = Instant::now();
    assert_eq!(retried(every_second(), 2).oneshot(()).await.unwrap(), 3);
    assert_eq!(start.elapsed(), 2 * SECOND);
    let error = retried(every_second(), 9).oneshot(()).await.unwrap_err();
    assert_eq!(error.to_string(), "refused");
    assert_eq!(start.elapsed(), 4 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn each_call_counts_for_itself() {
    let service = retried(every_second(), 5);
    assert!(service.clone().oneshot(()).await.is_err());
    assert_eq!(service.clone().oneshot(()).await.unwrap(), 6);
    assert_eq!(service.oneshot(()).await.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn elapsed_time_counts_from_the_first_attempt() {
    let policy = every_second().stop(stop::after_delay(10 * SECOND));
    let service = RetryLayer::new(policy).layer(service_fn(|()| async {
        sleep(4 * SECOND).await;
        Err::<(), BoxError>("refused".into())
    }));
    advance(60 * SECOND).await; // the service is idle meanwhile
    let start = Instant::now();
    service.oneshot(()).await.unwrap_err();
    // Attempts end at 4, 9 and 14 seconds.
    assert_eq!(start.elapsed(), 14 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn hints_and_cases_hold() {
    let busy = |_: &BoxError| Verdict::RetryAfter(5 * SECOND);
    let policy = every_second().case(
        when::err(|error: &BoxError| error.to_string() == "refused"),
        stop::after_attempt(2),
        wait::fixed(7 * SECOND),
    );
    let start = Instant::now();
    retried(policy, 9).oneshot(()).await.unwrap_err();
    assert_eq!(start.elapsed(), 7 * SECOND);

    struct Hint<F>(F);
    impl<F: Fn(&BoxError) -> Verdict> persevere_core::Predicate<Outcome> for Hint<F> {
        fn verdict(&self, outcome: &Outcome) -> Verdict {
            outcome.as_ref().err().map_or(Verdict::Final, &self.0)
        }
    }
    impl<F: Clone> Clone for Hint<F> {
        fn clone(&self) -> Self {
            Hint(self.0.clone())
        }
    }
    let start = Instant::now();
    let policy = every_second().when(Hint(busy));
    retried(policy, 1).oneshot(()).await.unwrap();
    let (least, most) = (5 * SECOND, SECOND * 11 / 2 + Duration::from_millis(1));
    assert!((least..=most).contains(&start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn a_budget_pays_and_is_paid_back() {
    static BUDGET: RetryBudget = RetryBudget::tokens(20).costs(5, 10);
    let service = |failures| retried(every_second().budget(&BUDGET), failures);

    // Two retries of 5 each. A success returns the cost of the last one.
    service(2).oneshot(()).await.unwrap();
    assert_eq!(BUDGET.available(), 3);
    // Dropped in its first pause: the drawn amount is returned.
    let call = timeout(SECOND / 2, service(9).oneshot(()));
    assert!(call.await.is_err());
    assert_eq!((BUDGET.available(), BUDGET.granted()), (3, 2));
    // Dropped in its second pause: the first retry was made.
    let call = timeout(SECOND * 3 / 2, service(9).oneshot(()));
    assert!(call.await.is_err());
    assert_eq!((BUDGET.available(), BUDGET.granted()), (2, 3));
    // Two more retries leave none.
    service(9).oneshot(()).await.unwrap_err();
    let start = Instant::now();
    service(9).oneshot(()).await.unwrap_err();
    assert_eq!((start.elapsed(), BUDGET.refused()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn retries_in_flight_land() {
    static BUDGET: RetryBudget = RetryBudget::in_flight(1, 0.0);
    let service = retried(every_second().budget(&BUDGET), 3);
    let idle = service.clone();
    assert_eq!(
        service.clone().oneshot(()).await.unwrap_err().to_string(),
        "refused"
    );
    assert_eq!((BUDGET.granted(), BUDGET.available()), (2, 1));
    assert_eq!(idle.oneshot(()).await.unwrap(), 4);
    assert_eq!(BUDGET.available(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_hears_of_outcomes_and_ends_the_call() {
    let breaker = Arc::new(CircuitBreaker::new("service").consecutive(2));
    let policy = every_second().breaker(Arc::clone(&breaker));
    let start = Instant::now();
    retried(policy.clone(), 9).oneshot(()).await.unwrap_err();
    assert_eq!((breaker.state(), start.elapsed()), (State::Open, SECOND));
    let refused = retried(policy.clone(), 0).oneshot(()).await.unwrap_err();
    assert!(refused.is::<Interrupt>());
    assert_eq!(start.elapsed(), SECOND);
    // After the open time the next call is the probe.
    advance(30 * SECOND).await;
    retried(policy.clone(), 1).oneshot(()).await.unwrap_err();
    assert_eq!(breaker.state(), State::Open);
    advance(30 * SECOND).await;
    retried(policy, 0).oneshot(()).await.unwrap();
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn the_permit_of_an_attempt_that_is_dropped_goes_back() {
    let breaker = Arc::new(CircuitBreaker::new("service").consecutive(9));
    let slow = Arc::new(AtomicU32::new(0));
    let service = service_fn(move |()| {
        let first = slow.fetch_add(1, Relaxed) == 0;
        async move {
            if !first {
                sleep(60 * SECOND).await;
            }
            Err::<u32, BoxError>("refused".into())
        }
    });
    let policy = every_second().breaker(Arc::clone(&breaker));
    let call = RetryLayer::new(policy).layer(service).oneshot(());
    assert!(timeout(2 * SECOND, call).await.is_err());
    let counts = breaker.counts();
    assert_eq!((counts.failures, counts.ignored), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn no_pause_goes_past_a_deadline() {
    let policy = every_second()
        .stop(stop::after_attempt(9))
        .deadline(SECOND * 5 / 2);
    let start = Instant::now();
    let error = retried(policy, 9).oneshot(()).await.unwrap_err();
    assert!(error.downcast_ref::<Interrupt>().is_none());
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn callbacks_and_statistics() {
    static STATS: RetryStats = RetryStats::new();
    static BEFORE: AtomicU32 = AtomicU32::new(0);
    let policy = every_second()
        .stats(&STATS)
        .before(|_: &RetryState<'_, Outcome>| {
            BEFORE.fetch_add(1, Relaxed);
        });
    retried(policy, 1).oneshot(()).await.unwrap();
    assert_eq!((STATS.attempts(), STATS.later_successes()), (2, 1));
    assert_eq!(BEFORE.load(Relaxed), 2);
    retried(policy, 9).oneshot(()).await.unwrap_err();
    assert_eq!(STATS.failures(StopReason::Attempts), 1);
    let call = timeout(SECOND / 2, retried(policy, 9).oneshot(()));
    assert!(call.await.is_err());
    assert_eq!(STATS.asleep(), 0);
}
