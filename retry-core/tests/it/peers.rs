//! Bugs that other retry libraries have had. Each test is named after one.
#![cfg(feature = "tokio")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use crate::common::{HOUR, Outcome, Recorder, SECOND, millis, pauses, secs};
use persevere_core::{
    Attempt, Policy, RetryPolicy, RetryState, RetryStats, StopReason, Transient, Verdict, stop,
    wait, when,
};
use tokio::time::{Instant, sleep};

/// A server that asks for a second of rest, every time.
#[derive(Debug, PartialEq)]
struct Busy;

impl Transient for Busy {
    fn verdict(&self) -> Verdict {
        Verdict::RetryAfter(SECOND)
    }
}

#[tokio::test(start_paused = true)]
async fn hint_does_not_outrank_the_attempt_limit() {
    let policy = RetryPolicy::new().when(when::transient());
    let report = policy.report_async(|| async { Err::<(), _>(Busy) }).await;
    assert_eq!(report.attempts(), 3);
    assert_eq!(report.reason(), Some(StopReason::Attempts));
}

#[tokio::test(start_paused = true)]
async fn hint_does_not_outrank_the_time_limit() {
    let policy = RetryPolicy::new()
        .stop(stop::before_delay(secs(10.0)))
        .when(when::transient());
    let began = Instant::now();
    let report = policy.report_async(|| async { Err::<(), _>(Busy) }).await;
    assert_eq!(report.reason(), Some(StopReason::Elapsed));
    assert!(began.elapsed() < secs(10.0));
}

#[tokio::test(start_paused = true)]
async fn hint_is_not_ignored() {
    let began = Instant::now();
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::transient());
    let _ = policy.run_async(|| async { Err::<(), _>(Busy) }).await;
    assert!(began.elapsed() >= secs(2.0));
}

#[test]
fn jitter_never_exceeds_the_cap() {
    let cap = secs(4.0);
    let wait = wait::exponential(SECOND).max(cap);
    for wait in [
        wait.full_jitter(),
        wait.equal_jitter(),
        wait.jitter_ratio(1.0),
        wait.jitter_add(HOUR),
    ] {
        for _ in 0..100 {
            assert!(pauses(wait, 8).iter().all(|pause| *pause <= cap));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn total_limit_counts_attempts_and_not_only_sleeps() {
    let policy = RetryPolicy::new()
        .stop(stop::before_delay(secs(10.0)))
        .wait(wait::fixed(millis(100)));
    let report = policy
        .report_async(|| async {
            sleep(secs(3.0)).await;
            Outcome::Err("busy")
        })
        .await;
    assert_eq!(report.elapsed(), secs(3.0 * 4.0 + 0.1 * 3.0));
}

#[tokio::test(start_paused = true)]
async fn limit_is_read_after_the_sleep() {
    // The elapsed time of attempt 2 includes the pause before it.
    let told = Recorder::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(secs(3.0)))
        .before(|s: &RetryState<'_, Outcome>| told.push(s.elapsed()));
    let _ = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(told.items(), [0.0, 3.0, 6.0].map(secs));
}

#[tokio::test(start_paused = true)]
async fn the_time_left_is_read_after_the_sleep() {
    let told = Recorder::new();
    let policy = RetryPolicy::new()
        .deadline(secs(10.0))
        .wait(wait::fixed(secs(4.0)));
    let _ = policy
        .run_async(|at: Arc<Attempt>| {
            told.push(at.remaining());
            async { None::<u8> }
        })
        .await;
    assert_eq!(told.items(), [10.0, 6.0, 2.0].map(|left| Some(secs(left))));
}

#[tokio::test(start_paused = true)]
async fn no_long_sleep_is_scheduled_under_a_short_limit() {
    let began = Instant::now();
    let policy = RetryPolicy::new()
        .stop(stop::before_delay(secs(10.0)))
        .wait(wait::fixed(secs(60.0)));
    let _ = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert!(began.elapsed().is_zero());
}

#[test]
fn no_f32_drift() {
    let wait = wait::exponential(millis(100));
    assert_eq!(pauses(wait, 3), [100, 200, 400].map(millis));
    let by_factor = wait.factor(1.1);
    let exact = [
        100_000_000,
        110_000_000,
        121_000_000,
        133_100_000,
        146_410_000,
    ];
    assert_eq!(pauses(by_factor, 5), exact.map(Duration::from_nanos));
}

#[test]
fn bad_factors_are_not_accepted() {
    for factor in [f64::NAN, f64::INFINITY, -1.0, 0.5] {
        let wait = wait::exponential(SECOND).factor(factor);
        assert!(RetryPolicy::new().wait(wait).validate().is_err());
    }
}

#[test]
fn overflow_does_not_panic() {
    for n in [64, 65, 1024, 5000, u32::MAX] {
        for factor in [1.5, 2.0, 10.0, f64::MAX] {
            let wait = wait::exponential(Duration::MAX)
                .factor(factor)
                .jitter_add(Duration::MAX);
            assert_eq!(crate::common::pause(wait.max(HOUR), n), HOUR);
        }
    }
}

#[test]
fn jitter_is_drawn_anew_for_every_pause() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(9))
        .wait(wait::fixed(HOUR).full_jitter())
        .sleep(|pause| slept.push(pause));
    let _ = policy.run(|| Outcome::Err("busy"));
    let _ = policy.run(|| Outcome::Err("busy"));
    let mut distinct = slept.items();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 16);
}

#[tokio::test(start_paused = true)]
async fn statistics_are_not_shared_between_calls() {
    let seen = Recorder::new();
    let policy =
        RetryPolicy::new()
            .wait(wait::fixed(SECOND))
            .on_failure(|s: &RetryState<'_, Outcome>| {
                seen.push((s.attempt(), s.elapsed(), s.idle_for()));
            });
    let call = || policy.run_async(|| async { Outcome::Err("busy") });
    let _ = tokio::join!(call(), call(), call());
    assert_eq!(seen.items(), [(3, secs(2.0), secs(2.0)); 3]);
}

#[test]
fn cancellation_is_not_retried() {
    let flag = AtomicBool::new(false);
    let attempts = AtomicU32::new(0);
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&flag))
        .wait(wait::none());
    let report = policy.report(|| {
        attempts.fetch_add(1, Ordering::Relaxed);
        flag.store(true, Ordering::Release);
        Outcome::Err("shutting down")
    });
    assert_eq!(attempts.into_inner(), 1);
    assert_eq!(report.reason(), Some(StopReason::Cancelled));
}

#[test]
fn no_pause_is_told_that_does_not_happen() {
    let (told, slept) = (Recorder::new(), Recorder::new());
    let stats = RetryStats::new();
    let policy = RetryPolicy::new()
        .before_sleep(|s: &RetryState<'_, Outcome>| told.push(s.pause().unwrap()))
        .stats(&stats)
        .sleep(|pause| slept.push(pause));
    let _ = policy.run(|| Outcome::Err("busy"));
    assert_eq!(told.items().len(), 2);
    assert_eq!(told.items(), slept.items());
    assert_eq!(stats.idle_time(), slept.items().iter().sum::<Duration>());
}
