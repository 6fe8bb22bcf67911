//! Failures that ask for rest, which keep the breaker open for that time.
#![cfg(all(feature = "std", feature = "testing"))]

use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{
    Attempt, CircuitBreaker, Interrupt, RetryPolicy, Transient, Verdict, stop, wait, when,
};

const SECOND: Duration = Duration::from_secs(1);

/// An answer of a server: the number of seconds that it asks for, if any.
#[derive(Debug)]
struct Busy(u32);

impl Transient for Busy {
    fn verdict(&self) -> Verdict {
        match self.0 {
            0 => Verdict::Retry,
            seconds => Verdict::RetryAfter(seconds * SECOND),
        }
    }
}

impl From<Interrupt> for Busy {
    fn from(_: Interrupt) -> Self {
        Busy(0)
    }
}

type Outcome = Result<(), Busy>;

fn breaker(failures: u32) -> CircuitBreaker {
    CircuitBreaker::new("b")
        .consecutive(failures)
        .open_for(5 * SECOND)
}

/// Returns the time for which the breaker still refuses calls.
fn left(breaker: &CircuitBreaker) -> Duration {
    breaker.try_enter().unwrap_err().retry_after.unwrap()
}

fn inside<T>(test: impl FnOnce(&VirtualClock) -> T) -> T {
    let clock = VirtualClock::new();
    let _scope = Scope::new().clock(&clock).enter();
    test(&clock)
}

#[test]
fn the_failure_that_opens_it_says_for_how_long() {
    inside(|clock| {
        let breaker = breaker(1);
        breaker.try_enter().unwrap().failure_asking(20 * SECOND);
        assert_eq!(left(&breaker), 20 * SECOND);
        clock.advance(19 * SECOND);
        assert_eq!(left(&breaker), SECOND);
        clock.advance(SECOND);
        breaker.try_enter().unwrap().success();
        // Once it has closed, the rest has no further effect.
        breaker.try_enter().unwrap().failure();
        assert_eq!(left(&breaker), 5 * SECOND);
    });
}

#[test]
fn so_does_any_failure_on_the_way_there_or_under_way_meanwhile() {
    inside(|clock| {
        let first = breaker(2);
        let late = first.try_enter().unwrap();
        first.try_enter().unwrap().failure_asking(20 * SECOND);
        clock.advance(3 * SECOND);
        first.try_enter().unwrap().failure();
        // 20 s from the time of the request.
        assert_eq!(left(&first), 17 * SECOND);
        late.failure_asking(30 * SECOND);
        assert_eq!(left(&first), 30 * SECOND);

        let probed = breaker(1);
        probed.try_enter().unwrap().failure();
        clock.advance(5 * SECOND);
        probed.try_enter().unwrap().failure_asking(20 * SECOND);
        assert_eq!(left(&probed), 20 * SECOND);
    });
}

#[test]
fn a_rest_is_bounded_and_shortens_nothing() {
    inside(|_| {
        let long = breaker(1);
        long.try_enter().unwrap().failure_asking(Duration::MAX);
        assert_eq!(left(&long), 60 * SECOND);
        let short = breaker(1);
        short.try_enter().unwrap().failure_asking(SECOND);
        assert_eq!(left(&short), 5 * SECOND);
    });
}

#[test]
fn a_reset_forgets_it_with_the_calls_in_flight() {
    inside(|_| {
        let breaker = breaker(2);
        let late = breaker.try_enter().unwrap();
        breaker.try_enter().unwrap().failure_asking(20 * SECOND);
        breaker.reset();
        late.failure_asking(20 * SECOND);
        breaker.try_enter().unwrap().failure();
        breaker.try_enter().unwrap().failure();
        assert_eq!(left(&breaker), 5 * SECOND);
    });
}

#[test]
fn policies_and_views_hear_the_hint() {
    inside(|_| {
        let once = RetryPolicy::new()
            .stop(stop::after_attempt(1))
            .wait(wait::none());
        let by_policy = breaker(1);
        let policy = once.when(when::transient()).breaker(&by_policy);
        let _: Outcome = policy.run(|| Err(Busy(20)));
        assert_eq!(left(&by_policy), 20 * SECOND);

        let by_handle = breaker(1);
        let policy = once.breaker(&by_handle);
        let _: Outcome = policy.run(|at: &Attempt| {
            at.retry_after(20 * SECOND);
            Err(Busy(0))
        });
        assert_eq!(left(&by_handle), 20 * SECOND);

        let by_view = breaker(1);
        let _: Outcome = by_view.by_error().call(|| Err(Busy(20)));
        assert_eq!(left(&by_view), 20 * SECOND);

        // A plain breaker does not inspect errors.
        let plain = breaker(1);
        let _: Outcome = plain.call(|| Err(Busy(20)));
        assert_eq!(left(&plain), 5 * SECOND);
        assert_eq!(plain.state(), State::Open);
    });
}

#[cfg(all(feature = "tower", feature = "tokio"))]
#[tokio::test(start_paused = true)]
async fn a_layer_hears_the_hint() {
    use persevere_core::tower::CircuitBreakerLayer;
    use tower::{Layer, ServiceExt, service_fn};
    let breaker: &'static CircuitBreaker = Box::leak(Box::new(breaker(1)));
    let service = service_fn(|()| async { Outcome::Err(Busy(20)) });
    let layer = CircuitBreakerLayer::new(breaker.by_error());
    layer.layer(service).oneshot(()).await.unwrap_err();
    assert_eq!(left(breaker), 20 * SECOND);
}
