//! The reason for each change, and the kind of the failure that led to it.

use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::clock::{advance, now};
use persevere_core::breaker::{Permit, Reason, State, Transition, count};
use persevere_core::{CircuitBreaker, RetryPolicy};

const SECOND: Duration = Duration::from_secs(1);

thread_local! {
    static HEARD: RefCell<Vec<Transition>> = const { RefCell::new(Vec::new()) };
}

/// Hears the changes of a breaker whose calls are on this thread.
pub(crate) fn hear(change: &Transition) {
    HEARD.with_borrow_mut(|heard| heard.push(*change));
}

/// Returns the changes since the last question.
pub(crate) fn heard() -> Vec<Transition> {
    HEARD.take()
}

fn last() -> Transition {
    *heard().last().expect("a change")
}

fn enter(breaker: &CircuitBreaker) -> Permit<'_> {
    breaker.enter(now).expect("let through")
}

fn b() -> CircuitBreaker {
    CircuitBreaker::new("b")
        .open_for(10 * SECOND)
        .listener(hear)
}

#[test]
fn each_change_tells_its_reason() {
    let breaker = b().consecutive(2);
    enter(&breaker).failure();
    enter(&breaker).failure();
    assert_eq!(last().reason, Reason::FailuresInARow { failures: 2 });
    advance(10 * SECOND);
    enter(&breaker).failure();
    let reasons: Vec<_> = heard().into_iter().map(|told| told.reason).collect();
    assert_eq!(reasons, [Reason::OpenTimeOver, Reason::ProbeFailed]);
    advance(10 * SECOND);
    enter(&breaker).success();
    assert_eq!(last().reason, Reason::ProbesSucceeded);
    let saved = breaker.snapshot_at(now);
    breaker.force_open();
    assert_eq!(last().reason, Reason::Forced);
    breaker.restore_at(&saved, now);
    assert_eq!(last().reason, Reason::Restored);
    breaker.disable();
    breaker.reset();
    assert_eq!(last().reason, Reason::Reset);
}

#[test]
fn a_rate_tells_its_figures() {
    let breaker = b().failure_rate(0.5, count(4));
    for failed in [false, true, false, true] {
        match failed {
            true => enter(&breaker).failure(),
            false => enter(&breaker).success(),
        }
    }
    let told = last();
    assert!(matches!(told.reason, Reason::FailureRate(of) if (of.calls, of.bad) == (4, 2)));
    assert_eq!(told.reason.to_string(), "2 of 4 calls failed");
    assert_eq!((told.counts.failures, told.counts.opened), (2, 1));
}

#[test]
fn failures_within_a_period_are_counted() {
    let breaker = b().failures_within(2, 60 * SECOND);
    enter(&breaker).failure();
    enter(&breaker).success();
    enter(&breaker).failure();
    let told = last();
    assert_eq!(told.reason, Reason::FailuresInPeriod { failures: 2 });
    assert_eq!(told.reason.to_string(), "2 failures within the period");
}

#[test]
fn slow_calls_and_calls_that_hang_are_told_apart() {
    let breaker = b().slow_calls(SECOND, 1.0, count(1));
    let slow = enter(&breaker);
    advance(2 * SECOND);
    slow.success();
    let told = last();
    assert_eq!(told.reason.label(), "slow_call_rate");
    assert_eq!(told.last_failure, Some("slow call"));
    breaker.reset();
    let hangs = enter(&breaker);
    advance(2 * SECOND);
    assert!(breaker.enter(now).is_err());
    let told = last();
    assert_eq!(
        (told.reason.label(), told.last_failure),
        ("hanging_calls", None)
    );
    drop(hangs);
    advance(10 * SECOND);
    let slow = enter(&breaker);
    advance(2 * SECOND);
    slow.success();
    let told = last();
    assert_eq!(
        (told.reason, told.last_failure),
        (Reason::ProbeFailed, Some("slow call"))
    );
}

#[test]
fn the_kind_of_the_last_failure_is_no_text_of_its_error() {
    let breaker = b().consecutive(1);
    let kinds = || last().last_failure;
    let _ = breaker.call(|| io::Result::<u8>::Err(io::Error::other("card 4111 declined")));
    let told = last();
    assert_eq!(told.last_failure, Some("std::io::error::Error"));
    assert!(!told.to_string().contains("4111"), "{told}");
    breaker.reset();
    let _ = breaker.call(|| None::<u8>);
    assert_eq!(kinds(), Some("None"));
    breaker.reset();
    let _ = breaker.try_call(|| "?".parse::<u32>());
    assert_eq!(kinds(), Some("core::num::error::ParseIntError"));
    breaker.reset();
    let panics = AssertUnwindSafe(|| breaker.call(|| -> Option<u8> { panic!("the body's") }));
    assert!(catch_unwind(panics).is_err());
    assert_eq!(kinds(), Some("panic"));
    breaker.reset();
    // A value that the rule of the call takes for a failure.
    let busy = breaker.failures(persevere_core::when::ok(|status: &u16| *status == 503));
    let _ = busy.call(|| io::Result::Ok(503_u16));
    assert_eq!(kinds(), Some("u16"));
    breaker.reset();
    breaker.try_enter().unwrap().failure();
    assert_eq!(kinds(), None);
    assert_eq!(breaker.state_at(now), State::Open);
}

#[test]
fn a_line_tells_all() {
    let breaker = b().consecutive(1).keyed("eu.example");
    let _ = breaker.call(|| Some(1));
    let _ = breaker.call(|| None::<u8>);
    assert_eq!(
        last().to_string(),
        "breaker `b[eu.example]`: closed -> open: 1 failure, last None; \
         1 failed, 0 refused, 1 opened since the start"
    );
}

#[test]
fn a_policy_tells_the_kind_too() {
    let breaker = b().consecutive(1);
    let policy = RetryPolicy::new().breaker(&breaker).once();
    let refused = policy.run(|| io::Result::<u8>::Err(io::ErrorKind::ConnectionRefused.into()));
    assert!(refused.is_err());
    assert_eq!(last().last_failure, Some("std::io::error::Error"));
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_tells_by_what() {
    let breaker = b().consecutive(1);
    let policy = RetryPolicy::new().breaker(&breaker).once();
    let hang = || async {
        tokio::time::sleep(100 * SECOND).await;
        io::Result::Ok(1)
    };
    assert!(
        policy
            .attempt_timeout(SECOND)
            .run_async(hang)
            .await
            .is_err()
    );
    assert_eq!(last().last_failure, Some("attempt timeout"));
    breaker.reset();
    let policy = RetryPolicy::new().breaker(&breaker).once();
    assert!(policy.deadline(SECOND).run_async(hang).await.is_err());
    assert_eq!(last().last_failure, Some("deadline"));
}
