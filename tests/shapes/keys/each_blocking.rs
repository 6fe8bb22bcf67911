//! Every key once, in blocking functions.

use crate::common::{Refused, Tries};
use persevere::{RetryError, RetryPolicy, RetryStats, StopReason, retry, wait};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[retry(stop = after_attempt(2))]
fn stop(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = 1ns)]
fn wait_a_moment(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), when = err(|e| e.0 == 1))]
fn when(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), on = Err(Refused(1)))]
fn on(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), unless = Err(Refused(2)))]
fn unless(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(case(Err(_), stop = after_attempt(2), wait = none()))]
fn case(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn strategies() {
    let tries = Tries::new();
    assert_eq!(stop(&tries), Err(Refused(2)));
    assert_eq!(tries.made(), 2);
    assert_eq!(wait_a_moment(&Tries::new()), Ok(3));
    for of in [when, on, unless, case] {
        let tries = Tries::new();
        assert_eq!(of(&tries), Err(Refused(2)));
        assert_eq!(tries.made(), 2);
    }
}

#[retry(wait = none(), before = |s| assert_eq!(s.attempt(), tries.made() + 1))]
fn before(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), after = |s| assert_eq!(s.err().is_none(), s.attempt() == 3))]
fn after(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), before_sleep = |s| assert_eq!(s.pause(), Some(Duration::ZERO)))]
fn before_sleep(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), on_success = |s| { told.next(); assert_eq!(s.outcome(), Some(&Ok(3))) })]
fn on_success(tries: &Tries, told: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(
    wait = none(),
    stop = after_attempt(2),
    on_failure = |s| { told.next(); assert_eq!(s.reason(), Some(StopReason::Attempts)) },
)]
fn on_failure(tries: &Tries, told: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), before_sleep = log_warn())]
fn logged(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn callbacks() {
    for of in [before, after, before_sleep, logged] {
        let tries = Tries::new();
        assert_eq!(of(&tries), Ok(3));
        assert_eq!(tries.made(), 3);
    }
    let told = Tries::new();
    assert_eq!(on_success(&Tries::new(), &told), Ok(3));
    assert_eq!(on_failure(&Tries::new(), &told), Err(Refused(2)));
    assert_eq!(told.made(), 2);
}

#[retry(wait = none(), stop = after_attempt(2), fallback = |g| Ok(g.attempts() * 10))]
fn fallback(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), stop = after_attempt(2), reset_after = 0s, when = err(|e| e.0 < 5))]
fn reset_after(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

static STATS: RetryStats = RetryStats::new();

#[retry(wait = none(), stats = &STATS)]
fn stats(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), name = "payments", before_sleep = |s| assert_eq!(s.name(), "payments"))]
fn name(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), before_sleep = |s| assert!(s.name().ends_with("each_blocking::no_name")))]
fn no_name(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(policy = RetryPolicy::new().wait(wait::none()))]
fn policy(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = none(), enabled = on)]
fn enabled(tries: &Tries, on: bool) -> Result<u32, Refused> {
    tries.third()
}

#[retry(wait = 1h, sleep = |pause| { slept.next(); assert_eq!(pause.as_secs(), 3600) })]
fn sleep_closure(tries: &Tries, slept: &Tries) -> Result<u32, Refused> {
    tries.third()
}

fn no_sleep(_: Duration) {}

#[retry(wait = 1h, sleep = no_sleep)]
fn sleep_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn outcomes_and_counts() {
    assert_eq!(fallback(&Tries::new()), Ok(20));
    assert_eq!(reset_after(&Tries::new()), Err(Refused(5)));
    assert_eq!(stats(&Tries::new()), Ok(3));
    assert_eq!(
        (STATS.calls(), STATS.attempts(), STATS.later_successes()),
        (1, 3, 1)
    );
    for of in [name, no_name, policy, sleep_path] {
        assert_eq!(of(&Tries::new()), Ok(3));
    }
    assert_eq!(enabled(&Tries::new(), false), Err(Refused(1)));
    assert_eq!(enabled(&Tries::new(), true), Ok(3));
    let slept = Tries::new();
    assert_eq!(sleep_closure(&Tries::new(), &slept), Ok(3));
    assert_eq!(slept.made(), 2);
}

#[retry(wait = none(), clone(bytes))]
fn clone(tries: &Tries, bytes: Vec<u8>) -> Result<Vec<u8>, Refused> {
    let moved = bytes;
    tries.third().map(|_| moved)
}

#[retry(wait = none(), once(id = tries.next() * 100, limit = 4), stop = after_attempt(limit))]
fn once(tries: &Tries) -> Result<u32, Refused> {
    match tries.next() {
        4 => Ok(id),
        n => Err(Refused(n)),
    }
}

#[retry(wait = 1h, attempt = at)]
fn attempt(tries: &Tries) -> Result<u32, Refused> {
    match at.number() {
        3 => at.give_up(),
        _ => at.retry_now(),
    }
    Err(Refused(tries.next()))
}

#[retry(wait = none(), wrap_err = true)]
fn wrap_err(tries: &Tries) -> Result<u32, RetryError<Refused>> {
    Err(Refused(tries.next()))
}

#[retry(wait = none(), unretried = fetch_once, retry_with = fetch_with)]
fn fetch(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

mod deep {
    pub(super) mod again {
        pub(in super::super) use persevere::*;
    }
}

#[deep::again::retry(wait = none(), crate = deep::again)]
fn crate_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third()
}

#[test]
fn bindings() {
    assert_eq!(clone(&Tries::new(), vec![1]), Ok(vec![1]));
    let tries = Tries::new();
    assert_eq!(once(&tries), Ok(100));
    assert_eq!(tries.made(), 4);
    assert_eq!(attempt(&Tries::new()), Err(Refused(3)));
    let error = wrap_err(&Tries::new()).unwrap_err();
    assert_eq!((error.attempts(), error.into_last()), (3, Some(Refused(3))));
    assert_eq!(fetch(&Tries::new()), Ok(3));
    assert_eq!(fetch_once(&Tries::new()), Err(Refused(1)));
    let twice = RetryPolicy::new()
        .stop(persevere::stop::after_attempt(2))
        .wait(wait::none());
    assert_eq!(fetch_with(&twice, &Tries::new()), Err(Refused(2)));
    assert_eq!(crate_path(&Tries::new()), Ok(3));
}

static SHUTDOWN: AtomicBool = AtomicBool::new(false);

#[retry(wait = none(), stop = never() | cancelled(&SHUTDOWN))]
fn cancelled(tries: &Tries) -> Result<u32, Refused> {
    let n = tries.next();
    SHUTDOWN.store(n == 3, Ordering::Release);
    Err(Refused(n))
}

#[test]
fn a_token() {
    assert_eq!(cancelled(&Tries::new()), Err(Refused(3)));
}
