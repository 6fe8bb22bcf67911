//! Guards of the calls of a policy, in virtual time.
#![cfg(all(feature = "testing", feature = "tokio"))]

use std::time::Duration;

use crate::common::{HOUR, Outcome, SECOND, secs};
use persevere_core::breaker::wait_for;
use persevere_core::policy::Deadline;
use persevere_core::policy::IntoDeadline;
use persevere_core::testing::{Scope, VirtualClock};
use persevere_core::{
    CircuitBreaker, Interrupt, Policy, Report, RetryBudget, RetryPolicy, StopReason, nested, stop,
};

fn busy() -> Outcome {
    Err("busy")
}

fn interrupted(_: Interrupt) -> Outcome {
    Err("interrupted")
}

/// Returns a policy of one attempt per second, until something else ends the call.
fn every_second() -> RetryPolicy<stop::Never, Duration> {
    RetryPolicy::new().stop(stop::never()).wait(SECOND)
}

fn attempts_until(deadline: impl IntoDeadline, clock: &VirtualClock) -> u32 {
    let policy = every_second().deadline(deadline).interrupt(interrupted);
    let report = Scope::new().clock(clock).run(|| policy.report(busy));
    assert_eq!(report.reason(), Some(StopReason::Deadline));
    report.attempts()
}

#[test]
fn a_deadline_is_a_duration_or_an_instant() {
    let clock = VirtualClock::new();
    assert_eq!(attempts_until(secs(2.5), &clock), 3);
    assert_eq!(attempts_until(Some(secs(2.5)), &clock), 3);
    assert_eq!(attempts_until(clock.now() + secs(3.5), &clock), 4);
    let at = tokio::time::Instant::from_std(clock.now() + secs(4.5));
    assert_eq!(attempts_until(at, &clock), 5);
    let chosen: Deadline = secs(5.5).into_deadline();
    assert_eq!(attempts_until(chosen, &clock), 6);
}

/// Makes a call behind a breaker that has just opened for ten seconds.
fn behind(deadline: Option<Duration>, waits: bool) -> Report<Outcome> {
    let breaker = CircuitBreaker::new("b").consecutive(1).open_for(secs(10.0));
    let policy = RetryPolicy::new().deadline(deadline).interrupt(interrupted);
    let call = || Outcome::Ok(7);
    Scope::new().virtual_time().run(|| {
        breaker.try_enter().expect("closed").failure();
        match waits {
            true => policy.breaker(wait_for(&breaker)).report(call),
            false => policy.breaker(&breaker).report(call),
        }
    })
}

#[test]
fn a_breaker_is_waited_for_if_that_fits_into_the_time_left() {
    let report = behind(None, false);
    assert_eq!(report.elapsed(), Duration::ZERO);
    assert_eq!(report.reason(), Some(StopReason::CircuitOpen));
    assert_eq!(report.into_outcome(), Err("interrupted"));
    for deadline in [None, Some(secs(10.1)), Some(HOUR)] {
        let report = behind(deadline, true);
        // Up to a hundredth longer, so that a herd does not return on one tick.
        let elapsed = report.elapsed();
        assert!(
            elapsed >= secs(10.0) && elapsed <= secs(10.1),
            "{elapsed:?}"
        );
        assert_eq!(report.into_outcome(), Ok(7));
    }
    for deadline in [secs(10.0), SECOND] {
        let report = behind(Some(deadline), true);
        assert_eq!(report.elapsed(), Duration::ZERO);
        assert_eq!(report.reason(), Some(StopReason::CircuitOpen));
    }
}

#[test]
fn a_pause_as_long_as_the_breaker_is_open_is_made() {
    let attempts = |open| {
        let breaker = CircuitBreaker::new("b").consecutive(1).open_for(open);
        let policy = every_second()
            .stop(stop::after_attempt(2))
            .breaker(&breaker)
            .interrupt(interrupted);
        let report = Scope::new().virtual_time().run(|| policy.report(busy));
        report.attempts()
    };
    assert_eq!(attempts(SECOND), 2);
    assert_eq!(attempts(SECOND + Duration::from_nanos(1)), 1);
}

#[test]
fn the_clock_is_read_where_a_guard_asks_for_it() {
    static BUDGET: RetryBudget = RetryBudget::total(1);
    static BREAKER: CircuitBreaker = CircuitBreaker::new("b");
    let policy = RetryPolicy::new();
    assert!(!policy.reads_clock::<Option<u8>>());
    let timeless = policy.breaker(&BREAKER).budget(&BUDGET);
    assert!(!timeless.reads_clock::<Option<u8>>());
    assert!(
        !timeless
            .deadline(None::<Duration>)
            .reads_clock::<Option<u8>>()
    );
    assert!(policy.deadline(SECOND).reads_clock::<Option<u8>>());
    assert!(policy.attempt_timeout(SECOND).reads_clock::<Option<u8>>());
    assert!(policy.nested(nested::share()).reads_clock::<Option<u8>>());
    assert!(policy.reset_after(SECOND).reads_clock::<Option<u8>>());
    assert!(
        policy
            .stop(stop::after_delay(SECOND))
            .reads_clock::<Option<u8>>()
    );
    assert!(
        policy
            .before(|_: &persevere_core::RetryState<'_, _>| ())
            .reads_clock::<Option<u8>>()
    );
}

/// Counts the attempts of a call inside the single attempt of another.
fn inside(outer: &impl Policy<Outcome>, inner: &impl Policy<Outcome>) -> u32 {
    let mut attempts = 0;
    Scope::new().virtual_time().run(|| {
        let _ = outer.run(|| {
            let report = inner.report(busy);
            attempts = report.attempts();
            Ok(0)
        });
    });
    attempts
}

#[test]
fn a_call_inside_shares_only_what_it_asks_for() {
    let inner = || RetryPolicy::new().stop(stop::after_attempt(9)).wait(SECOND);
    let independent = || inner().nested(nested::independent());
    let single = || inner().nested(nested::single());
    let share = || inner().nested(nested::share()).interrupt(interrupted);
    let plain = RetryPolicy::new();
    assert_eq!(inside(&plain, &single()), 9);

    let budget = RetryBudget::total(3);
    let paying = RetryPolicy::new().budget(&budget);
    assert_eq!(inside(&paying, &inner()), 9);
    assert_eq!(inside(&paying, &independent()), 9);
    assert_eq!(inside(&paying, &single()), 1);
    assert_eq!(budget.granted(), 0);
    assert_eq!(inside(&paying, &share()), 4);
    assert_eq!((budget.granted(), budget.refused()), (3, 1));

    let limited = RetryPolicy::new()
        .deadline(secs(3.5))
        .interrupt(interrupted);
    assert_eq!(inside(&limited, &inner()), 9);
    assert_eq!(inside(&limited, &independent()), 9);
    assert_eq!(inside(&limited, &single()), 1);
    assert_eq!(inside(&limited, &share()), 4);
    assert_eq!(inside(&limited, &share().deadline(secs(1.5))), 2);

    let seen = RetryPolicy::new().nested(nested::independent());
    assert_eq!(inside(&seen, &single()), 1);
    assert_eq!(inside(&seen, &share()), 9);
}

#[test]
fn what_a_call_inside_shows_goes_with_it() {
    let (budget, other) = (RetryBudget::total(3), RetryBudget::total(100));
    let outer = RetryPolicy::new().budget(&budget);
    let first = RetryPolicy::new().budget(&other).wait(SECOND);
    let second = every_second().nested(nested::share());
    let second = second.interrupt(interrupted);
    let attempts = Scope::new().virtual_time().run(|| {
        let mut attempts = 0;
        let _: Outcome = outer.run(|| {
            assert_eq!(first.report(busy).attempts(), 3);
            attempts = second.report(busy).attempts();
            Ok(0)
        });
        attempts
    });
    assert_eq!(
        attempts, 4,
        "three retries from the budget of the outer call"
    );
    assert_eq!((budget.granted(), other.granted()), (3, 2));
    assert_eq!(
        Scope::new()
            .virtual_time()
            .run(|| first.report(busy).attempts()),
        3
    );
}
