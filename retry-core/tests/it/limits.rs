//! Time limits on attempts, and the consequences of an attempt that one of them cut.
#![cfg(feature = "tokio")]

use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::common::{HOUR, SECOND};
use persevere_core::hedge;
use persevere_core::{GiveUp, Interrupt, Next, Policy, RetryPolicy, stop, wait};

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_cut_resets_nothing() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .attempt_timeout(2 * SECOND)
        .reset_after(SECOND);
    let report = policy.report_async(pending::<io::Result<()>>).await;
    assert_eq!(report.attempts(), 3);

    let hedged = policy.hedge(hedge::delay(SECOND));
    let report = hedged.report_async(pending::<io::Result<()>>).await;
    assert_eq!(report.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_failed_by_itself_still_resets() {
    let made = AtomicU32::new(0);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .attempt_timeout(2 * SECOND)
        .reset_after(SECOND);
    let held = policy.report_async(|| async {
        let n = made.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(if n < 5 { SECOND } else { HOUR }).await;
        io::Result::<()>::Err(io::ErrorKind::ConnectionReset.into())
    });
    // Five that held, of which the last counts as a first failure, and two that were cut.
    assert_eq!(held.await.attempts(), 7);
}

#[test]
fn an_attempt_that_the_caller_cut_resets_nothing() {
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .stop(stop::after_attempt(2))
        .attempt_timeout(SECOND)
        .reset_after(std::time::Duration::ZERO);
    let mut call = policy.start();
    let cut = || io::Result::<()>::Err(Interrupt::AttemptTimeout.into());
    assert!(matches!(
        call.cut(Interrupt::AttemptTimeout, &cut()),
        Next::Sleep(_)
    ));
    assert_eq!(call.cut(Interrupt::AttemptTimeout, &cut()), Next::Return);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_has_time_of_its_own_before_the_deadline() {
    let start = tokio::time::Instant::now();
    let policy = RetryPolicy::new()
        .fallback_within(2 * SECOND, |_: GiveUp<io::Result<u32>>| Ok(7))
        .deadline(10 * SECOND);
    assert_eq!(
        policy.run_async(pending::<io::Result<u32>>).await.unwrap(),
        7
    );
    assert_eq!(start.elapsed().as_secs(), 8);
}

#[cfg(feature = "testing")]
#[test]
fn a_pause_after_a_slow_callback_ends_by_the_deadline() {
    use persevere_core::testing::{Scope, VirtualClock};
    let clock = VirtualClock::new();
    let slow = clock.clone();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(6 * SECOND))
        .deadline(10 * SECOND)
        .before_sleep(move |_: &persevere_core::RetryState<'_, io::Result<()>>| {
            slow.advance(8 * SECOND)
        });
    let refuses = || policy.report(|| io::Result::Err(io::ErrorKind::TimedOut.into()));
    let report = Scope::new().clock(&clock).run(refuses);
    assert_eq!((report.attempts(), report.elapsed()), (1, 10 * SECOND));
}

/// Sleeps longer than asked.
fn long(pause: std::time::Duration) -> tokio::time::Sleep {
    tokio::time::sleep(100 * pause)
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_that_takes_longer_than_asked_ends_by_the_deadline() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .deadline(10 * SECOND)
        .sleep_async(long);
    let refuses = async || io::Result::<()>::Err(io::ErrorKind::TimedOut.into());
    let start = tokio::time::Instant::now();
    let report = policy.report_async(refuses).await;
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(report.reason(), Some(persevere_core::StopReason::Deadline));
    assert_eq!(report.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_that_takes_no_time_is_not_waited_for() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .deadline(10 * SECOND)
        .sleep_async(|_| std::future::ready(()));
    let refuses = async || io::Result::<()>::Err(io::ErrorKind::TimedOut.into());
    let start = tokio::time::Instant::now();
    assert_eq!(policy.report_async(refuses).await.attempts(), 3);
    assert!(start.elapsed().is_zero());
}
