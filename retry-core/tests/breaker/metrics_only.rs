//! Breakers that only count, and tell when they would have opened.

use std::time::Duration;

use crate::clock::{advance, now};
use crate::reasons::{hear, heard};
use persevere_core::CircuitBreaker;
use persevere_core::breaker::{Permit, Reason, State, count, time};
use persevere_core::wait::Signal;

const SECOND: Duration = Duration::from_secs(1);

fn enter(breaker: &CircuitBreaker) -> Permit<'_> {
    breaker.enter(now).expect("let through")
}

fn fail(breaker: &CircuitBreaker, calls: u32) {
    (0..calls).for_each(|_| enter(breaker).failure());
}

fn watched() -> CircuitBreaker {
    CircuitBreaker::new("b")
        .open_for(10 * SECOND)
        .metrics_only()
        .listener(hear)
}

/// Returns the reasons for which it would have opened since the last question.
fn would_open() -> Vec<Reason> {
    let told = heard();
    assert!(told.iter().all(|told| told.would_open()), "{told:?}");
    told.into_iter().map(|told| told.reason).collect()
}

#[test]
fn it_lets_every_call_through_and_tells_once_in_an_open_time() {
    let breaker = watched().consecutive(2);
    assert_eq!(breaker.state_at(now), State::MetricsOnly);
    fail(&breaker, 7);
    assert_eq!(would_open(), [Reason::FailuresInARow { failures: 2 }]);
    advance(10 * SECOND - Duration::from_nanos(1));
    fail(&breaker, 1);
    assert_eq!(would_open(), []);
    advance(Duration::from_nanos(1));
    // Those since the first notice.
    fail(&breaker, 1);
    assert_eq!(would_open(), [Reason::FailuresInARow { failures: 7 }]);
    advance(10 * SECOND);
    enter(&breaker).success();
    fail(&breaker, 1);
    assert_eq!(would_open(), []);
    let counts = breaker.counts();
    assert_eq!((counts.would_have_opened, counts.opened), (2, 0));
    assert_eq!((counts.refused, counts.failures), (0, 10));
    assert_eq!(breaker.state_at(now), State::MetricsOnly);
}

#[test]
fn its_windows_count_as_those_of_a_closed_one() {
    for window in [count(4), time(100 * SECOND)] {
        let breaker = watched().failure_rate(0.5, window).minimum(4);
        enter(&breaker).success();
        enter(&breaker).success();
        fail(&breaker, 1);
        assert_eq!(breaker.recent_at(now).failed.unwrap().bad, 1);
        assert_eq!(would_open(), []);
        fail(&breaker, 1);
        let told = would_open();
        assert!(matches!(told[..], [Reason::FailureRate(of)] if (of.calls, of.bad) == (4, 2)));
        assert_eq!(breaker.recent_at(now).failed.unwrap().calls, 0);
    }
}

#[test]
fn calls_that_hang_are_let_through_and_told() {
    let breaker = watched().slow_calls(SECOND, 1.0, count(2));
    let hanging = [enter(&breaker), enter(&breaker)];
    advance(2 * SECOND);
    let next = enter(&breaker);
    let told = would_open();
    assert!(
        matches!(told[..], [Reason::HangingCalls(of)] if of.bad == 2),
        "{told:?}"
    );
    drop(hanging);
    next.success();
    let slow = [enter(&breaker), enter(&breaker)];
    advance(2 * SECOND);
    slow.into_iter().for_each(Permit::success);
    // The time for which it would be open is not over.
    assert_eq!(would_open(), []);
    advance(10 * SECOND);
    let slow = enter(&breaker);
    advance(2 * SECOND);
    slow.success();
    assert_eq!(would_open().len(), 1);
}

#[test]
fn by_hand_it_lasts_until_a_reset() {
    let breaker = CircuitBreaker::new("b").consecutive(1).listener(hear);
    fail(&breaker, 1);
    breaker.force_metrics_only();
    fail(&breaker, 3);
    let told: Vec<_> = heard()
        .into_iter()
        .map(|told| (told.from, told.to, told.reason.label()))
        .collect();
    assert_eq!(
        told,
        [
            (State::Closed, State::Open, "failures_in_a_row"),
            (State::Open, State::MetricsOnly, "forced"),
            (State::MetricsOnly, State::MetricsOnly, "failures_in_a_row"),
        ]
    );
    breaker.reset();
    assert_eq!(breaker.state_at(now), State::Closed);
    fail(&breaker, 1);
    assert_eq!(breaker.state_at(now), State::Open);
}

#[test]
fn by_setting_a_reset_leads_back_to_it() {
    let breaker = watched().consecutive(4);
    breaker.force_open();
    assert!(breaker.enter(now).is_err());
    breaker.reset();
    assert_eq!(breaker.state_at(now), State::MetricsOnly);
    fail(&breaker, 1);
    assert_eq!(breaker.pressure(), 0.25);
}

#[test]
fn a_snapshot_never_opens_one_that_only_counts() {
    let open = CircuitBreaker::new("b").consecutive(1);
    fail(&open, 1);
    let counts_only = watched().consecutive(3);
    counts_only.restore_at(&open.snapshot_at(now), now);
    assert_eq!(counts_only.state_at(now), State::MetricsOnly);
    fail(&counts_only, 2);
    // The setting is not part of a snapshot, and the row is.
    let saved = counts_only.snapshot_at(now);
    assert_eq!((saved.state, saved.in_a_row), (State::Closed, 2));
    let closed = CircuitBreaker::new("b").consecutive(3);
    closed.restore_at(&saved, now);
    assert_eq!(closed.state_at(now), State::Closed);
    fail(&closed, 1);
    assert_eq!(closed.state_at(now), State::Open);
    // By hand it is.
    closed.force_metrics_only();
    let saved = closed.snapshot_at(now);
    let moved = CircuitBreaker::new("b");
    moved.restore_at(&saved, now);
    assert_eq!(moved.state_at(now), State::MetricsOnly);
}
