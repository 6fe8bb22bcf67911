//! Orders of an operator, and the end of an open time as those who watch see it.

use std::time::Duration;

use crate::clock::{advance, now};
use crate::reasons::{hear, heard};
use persevere_core::CircuitBreaker;
use persevere_core::breaker::{Permit, State};

const SECOND: Duration = Duration::from_secs(1);
const NANO: Duration = Duration::from_nanos(1);

fn enter(breaker: &CircuitBreaker) -> Permit<'_> {
    breaker.enter(now).expect("let through")
}

fn left(breaker: &CircuitBreaker) -> Option<Duration> {
    breaker.enter(now).expect_err("refused").retry_after
}

fn b() -> CircuitBreaker {
    CircuitBreaker::new("b")
        .consecutive(1)
        .open_for(10 * SECOND)
        .listener(hear)
}

fn changes() -> Vec<(State, State, &'static str)> {
    let told = heard().into_iter();
    told.map(|told| (told.from, told.to, told.reason.label()))
        .collect()
}

#[test]
fn open_by_force_for_a_time_it_then_probes() {
    let breaker = b();
    breaker.force_open_at(600 * SECOND, now);
    assert_eq!(breaker.state_at(now), State::ForcedOpen);
    assert_eq!(left(&breaker), Some(600 * SECOND));
    assert_eq!(breaker.refuses_for(now), Some(600 * SECOND));
    advance(600 * SECOND - NANO);
    assert_eq!(left(&breaker), Some(NANO));
    advance(NANO);
    assert_eq!(breaker.refuses_for(now), None);
    let probe = enter(&breaker);
    assert!(breaker.enter(now).is_err());
    probe.success();
    assert_eq!(breaker.state_at(now), State::Closed);
    assert_eq!(
        changes(),
        [
            (State::Closed, State::ForcedOpen, "forced"),
            (State::ForcedOpen, State::HalfOpen, "open_time_over"),
            (State::HalfOpen, State::Closed, "probes_succeeded"),
        ]
    );
}

#[test]
fn the_last_order_holds() {
    let breaker = b();
    breaker.force_open_at(600 * SECOND, now);
    breaker.force_open_at(SECOND, now);
    assert_eq!(left(&breaker), Some(SECOND));
    breaker.force_open();
    advance(600 * SECOND);
    assert_eq!(left(&breaker), None);
    breaker.force_open_at(Duration::MAX, now);
    advance(600 * SECOND);
    assert!(left(&breaker) > Some(3600 * SECOND));
    breaker.force_open_at(Duration::ZERO, now);
    enter(&breaker).success();
    // An open breaker, whose own time would be over earlier.
    let breaker = b();
    enter(&breaker).failure();
    breaker.force_open_at(60 * SECOND, now);
    advance(10 * SECOND);
    assert_eq!(left(&breaker), Some(50 * SECOND));
    breaker.reset();
    enter(&breaker).success();
}

#[test]
fn half_open_by_hand_it_gives_its_permits() {
    let breaker = b().probes(2);
    for forced in [false, true] {
        match forced {
            true => breaker.force_open(),
            false => enter(&breaker).failure(),
        }
        breaker.half_open_at(now);
        assert_eq!(breaker.state_at(now), State::HalfOpen);
        let probes = [enter(&breaker), enter(&breaker)];
        assert!(breaker.enter(now).is_err());
        // Once more changes nothing.
        breaker.half_open_at(now);
        assert!(breaker.enter(now).is_err());
        probes.into_iter().for_each(Permit::success);
        assert_eq!(breaker.state_at(now), State::Closed);
    }
    let reasons: Vec<_> = changes().into_iter().map(|(.., reason)| reason).collect();
    assert_eq!(
        reasons[..3],
        ["failures_in_a_row", "forced", "probes_succeeded"]
    );
    assert_eq!(reasons[3..], ["forced", "forced", "probes_succeeded"]);
}

#[test]
fn half_open_by_hand_without_calls_it_waits_for_them() {
    let breaker = b();
    breaker.half_open_at(now);
    advance(1000 * SECOND);
    enter(&breaker).failure();
    assert_eq!(left(&breaker), Some(10 * SECOND));
}

#[test]
fn those_who_watch_see_the_end_of_the_open_time_without_a_call() {
    let breaker = b();
    enter(&breaker).failure();
    advance(10 * SECOND - NANO);
    assert_eq!(breaker.state_at(now), State::Open);
    advance(NANO);
    assert_eq!(breaker.state_at(now), State::HalfOpen);
    // The call makes the change, and the listener hears of it then.
    assert_eq!(breaker.counts().half_opened, 0);
    assert_eq!(changes().len(), 1);
    enter(&breaker).success();
    assert_eq!(changes().len(), 2);
    breaker.force_open_at(SECOND, now);
    advance(SECOND);
    assert_eq!(breaker.state_at(now), State::HalfOpen);
    breaker.force_open();
    advance(1000 * SECOND);
    assert_eq!(breaker.state_at(now), State::ForcedOpen);
}

#[test]
fn a_snapshot_keeps_the_end_of_an_order() {
    let old = b();
    old.force_open_at(600 * SECOND, now);
    advance(100 * SECOND);
    let saved = old.snapshot_at(now);
    assert_eq!((saved.state, saved.left), (State::ForcedOpen, 500 * SECOND));
    let new = b();
    new.restore_at(&saved, now);
    assert_eq!(left(&new), Some(500 * SECOND));
    advance(500 * SECOND);
    assert_eq!(old.snapshot_at(now).state, State::Open);
    enter(&new).success();
}

#[test]
fn open_by_force_again_after_its_time_is_a_change() {
    let breaker = b();
    breaker.force_open_for(Duration::ZERO);
    assert_eq!(breaker.state(), State::HalfOpen);
    breaker.force_open();
    assert_eq!(breaker.state(), State::ForcedOpen);
    // It was forced still.
    breaker.force_open_for(600 * SECOND);
    breaker.force_open();
    let told = [
        (State::Closed, State::ForcedOpen, "forced"),
        (State::HalfOpen, State::ForcedOpen, "forced"),
    ];
    assert_eq!(changes(), told);
}
