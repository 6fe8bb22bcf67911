//! Calls that are driven step by step: why they end, and attempts that the caller cuts.

use std::io;
use std::time::Duration;

use persevere_core::{
    CircuitBreaker, Interrupt, Next, Policy, RetryPolicy, StopReason, stop, wait,
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
