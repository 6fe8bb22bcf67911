//! Calls driven step by step: the reasons for their end, and attempts that the caller cuts.

use std::io;
use std::time::Duration;

use persevere_core::{
    CircuitBreaker, Interrupt, Next, RetryBudget, RetryPolicy, StopReason, stop, wait,
};

fn refused() -> io::Result<()> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

#[test]
fn a_call_tells_why_it_ended() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait::none());
    let mut call = policy.start();
    assert_eq!(call.next(&refused()), Next::Sleep(Duration::ZERO));
    assert_eq!(call.reason(), None);
    assert_eq!(call.next(&refused()), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::Attempts));
    let mut call = policy.start();
    assert_eq!(call.next(&io::Result::Ok(())), Next::Return);
    assert_eq!(call.reason(), None);
}

#[test]
fn a_deadline_that_cuts_an_attempt_ends_the_call() {
    let breaker = CircuitBreaker::new("service").consecutive(1);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .deadline(Duration::from_secs(5))
        .breaker(&breaker);
    let mut call = policy.start();
    call.admit().unwrap();
    let (_, interrupt) = call.limit().unwrap();
    assert_eq!(interrupt, Interrupt::Deadline);
    assert_eq!(call.cut(interrupt, &refused()), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::Deadline));
    assert_eq!(breaker.counts().opened, 1);
}

#[test]
fn a_refusal_of_the_breaker_is_a_reason() {
    let breaker = CircuitBreaker::new("service");
    breaker.force_open();
    let policy = RetryPolicy::new().breaker(&breaker);
    let mut call = policy.start();
    let interrupt = call.admit().unwrap_err();
    assert_eq!(call.cut(interrupt, &refused()), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::CircuitOpen));
}

#[test]
fn a_retry_after_a_timeout_costs_more() {
    let budget = RetryBudget::tokens(100);
    let policy = RetryPolicy::new().wait(wait::none()).budget(&budget);
    let mut call = policy.start();
    assert!(matches!(call.next(&refused()), Next::Sleep(_)));
    assert_eq!(budget.available(), 19, "5 of 100 tokens, in retries of 5");
    drop(call);
    let mut call = policy.start();
    let timeout = Interrupt::AttemptTimeout;
    assert!(matches!(call.cut(timeout, &refused()), Next::Sleep(_)));
    let left = budget.available();
    drop(call);
    assert_eq!(
        (left, budget.available()),
        (18, 20),
        "10 tokens, given back with the call"
    );
}

#[test]
fn an_attempt_that_was_not_wanted_any_more_says_nothing_of_the_service() {
    let breaker = CircuitBreaker::new("service").consecutive(1);
    let policy = RetryPolicy::new().breaker(&breaker);
    let mut call = policy.start();
    call.admit().unwrap();
    assert_eq!(call.cut(Interrupt::Cancelled, &refused()), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::Cancelled));
    assert_eq!(breaker.counts().opened, 0);
}
