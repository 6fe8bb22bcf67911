//! Every key once, in async functions.

use crate::common::{Refused, Tries, block_on, no_timer};
use persevere::{RetryError, RetryPolicy, RetryStats, StopReason, retry, wait};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[retry(stop = after_attempt(2), sleep = no_timer)]
async fn stop(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = 1ns, sleep = no_timer)]
async fn wait_a_moment(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), when = err(|e| e.0 == 1))]
async fn when(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), on = Err(Refused(1)))]
async fn on(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), unless = Err(Refused(2)))]
async fn unless(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(case(Err(_), stop = after_attempt(2), wait = none()))]
async fn case(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[test]
fn strategies() {
    let tries = Tries::new();
    assert_eq!(block_on(stop(&tries)), Err(Refused(2)));
    assert_eq!(tries.made(), 2);
    assert_eq!(block_on(wait_a_moment(&Tries::new())), Ok(3));
    let all: [fn(&Tries) -> _; 4] = [
        |tries| block_on(when(tries)),
        |tries| block_on(on(tries)),
        |tries| block_on(unless(tries)),
        |tries| block_on(case(tries)),
    ];
    for of in all.iter() {
        let tries = Tries::new();
        assert_eq!(of(&tries), Err(Refused(2)));
        assert_eq!(tries.made(), 2);
    }
}

#[retry(wait = none(), before = |s| assert_eq!(s.attempt(), tries.made() + 1))]
async fn before(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), after = |s| assert_eq!(s.err().is_none(), s.attempt() == 3))]
async fn after(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), before_sleep = |s| assert_eq!(s.pause(), Some(Duration::ZERO)))]
async fn before_sleep(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), on_success = |s| { told.next(); assert_eq!(s.outcome(), Some(&Ok(3))) })]
async fn on_success(tries: &Tries, told: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(
    wait = none(),
    stop = after_attempt(2),
    on_failure = |s| { told.next(); assert_eq!(s.reason(), Some(StopReason::Attempts)) },
)]
async fn on_failure(tries: &Tries, told: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), before_sleep = log_warn())]
async fn logged(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[test]
fn callbacks() {
    let all: [fn(&Tries) -> _; 4] = [
        |tries| block_on(before(tries)),
        |tries| block_on(after(tries)),
        |tries| block_on(before_sleep(tries)),
        |tries| block_on(logged(tries)),
    ];
    for of in all.iter() {
        let tries = Tries::new();
        assert_eq!(of(&tries), Ok(3));
        assert_eq!(tries.made(), 3);
    }
    let told = Tries::new();
    assert_eq!(block_on(on_success(&Tries::new(), &told)), Ok(3));
    assert_eq!(block_on(on_failure(&Tries::new(), &told)), Err(Refused(2)));
    assert_eq!(told.made(), 2);
}

#[retry(wait = none(), stop = after_attempt(2), fallback = |g| Ok(g.attempts() * 10))]
async fn fallback(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), stop = after_attempt(2), reset_after = 0s, when = err(|e| e.0 < 5))]
async fn reset_after(tries: &Tries) -> Result<u32, Refused> {
    Err(Refused(tries.next()))
}

static STATS: RetryStats = RetryStats::new();

#[retry(wait = none(), stats = &STATS)]
async fn stats(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), name = "payments", before_sleep = |s| assert_eq!(s.name(), "payments"))]
async fn name(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), before_sleep = |s| assert!(s.name().ends_with("each_async::no_name")))]
async fn no_name(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(policy = RetryPolicy::new().wait(wait::none()))]
async fn policy(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = none(), enabled = on)]
async fn enabled(tries: &Tries, on: bool) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = 1h, sleep = async |pause| { slept.next(); assert_eq!(pause.as_secs(), 3600) })]
async fn sleep_closure(tries: &Tries, slept: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = 1h, sleep = |pause| std::future::ready(assert_eq!(pause.as_secs(), 3600)))]
async fn sleep_future(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[retry(wait = 1h, sleep = no_timer)]
async fn sleep_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[test]
fn outcomes_and_counts() {
    assert_eq!(block_on(fallback(&Tries::new())), Ok(20));
    assert_eq!(block_on(reset_after(&Tries::new())), Err(Refused(5)));
    assert_eq!(block_on(stats(&Tries::new())), Ok(3));
    assert_eq!(
        (STATS.calls(), STATS.attempts(), STATS.later_successes()),
        (1, 3, 1)
    );
    let all: [fn(&Tries) -> _; 4] = [
        |tries| block_on(name(tries)),
        |tries| block_on(no_name(tries)),
        |tries| block_on(policy(tries)),
        |tries| block_on(sleep_path(tries)),
    ];
    for of in all.iter() {
        assert_eq!(of(&Tries::new()), Ok(3));
    }
    assert_eq!(block_on(enabled(&Tries::new(), false)), Err(Refused(1)));
    assert_eq!(block_on(enabled(&Tries::new(), true)), Ok(3));
    assert_eq!(block_on(sleep_future(&Tries::new())), Ok(3));
    let slept = Tries::new();
    assert_eq!(block_on(sleep_closure(&Tries::new(), &slept)), Ok(3));
    assert_eq!(slept.made(), 2);
}

#[retry(wait = none(), clone(bytes))]
async fn clone(tries: &Tries, bytes: Vec<u8>) -> Result<Vec<u8>, Refused> {
    let moved = bytes;
    tries.third_later().await.map(|_| moved)
}

#[retry(wait = none(), once(id = tries.next() * 100, limit = 4), stop = after_attempt(limit))]
async fn once(tries: &Tries) -> Result<u32, Refused> {
    match tries.next() {
        4 => Ok(id),
        n => Err(Refused(n)),
    }
}

#[retry(wait = 1h, attempt = at)]
async fn attempt(tries: &Tries) -> Result<u32, Refused> {
    match at.number() {
        3 => at.give_up(),
        _ => at.retry_now(),
    }
    Err(Refused(tries.next()))
}

#[retry(wait = none(), wrap_err = true)]
async fn wrap_err(tries: &Tries) -> Result<u32, RetryError<Refused>> {
    Err(Refused(tries.next()))
}

#[retry(wait = none(), unretried = fetch_once, retry_with = fetch_with)]
async fn fetch(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

mod deep {
    pub(super) mod again {
        pub(in super::super) use persevere::*;
    }
}

#[deep::again::retry(wait = none(), crate = deep::again)]
async fn crate_path(tries: &Tries) -> Result<u32, Refused> {
    tries.third_later().await
}

#[test]
fn bindings() {
    assert_eq!(block_on(clone(&Tries::new(), vec![1])), Ok(vec![1]));
    let tries = Tries::new();
    assert_eq!(block_on(once(&tries)), Ok(100));
    assert_eq!(tries.made(), 4);
    assert_eq!(block_on(attempt(&Tries::new())), Err(Refused(3)));
    let error = block_on(wrap_err(&Tries::new())).unwrap_err();
    assert_eq!((error.attempts(), error.into_last()), (3, Some(Refused(3))));
    assert_eq!(block_on(fetch(&Tries::new())), Ok(3));
    assert_eq!(block_on(fetch_once(&Tries::new())), Err(Refused(1)));
    let twice = RetryPolicy::new()
        .stop(persevere::stop::after_attempt(2))
        .wait(wait::none());
    assert_eq!(block_on(fetch_with(&twice, &Tries::new())), Err(Refused(2)));
    assert_eq!(block_on(crate_path(&Tries::new())), Ok(3));
}

static SHUTDOWN: AtomicBool = AtomicBool::new(false);

#[retry(wait = none(), stop = never() | cancelled(&SHUTDOWN))]
async fn cancelled(tries: &Tries) -> Result<u32, Refused> {
    let n = tries.next();
    SHUTDOWN.store(n == 3, Ordering::Release);
    Err(Refused(n))
}

#[test]
fn a_token() {
    assert_eq!(block_on(cancelled(&Tries::new())), Err(Refused(3)));
}
