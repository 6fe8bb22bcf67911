//! Bodies that are always ready: they use up tokio's cooperative budget of their task at every poll, which
//! leaves none to a timer.
#![cfg(feature = "tokio")]

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::common::millis;
use persevere_core::hedge::{self, Hedge};
use persevere_core::{CancelToken, Interrupt, Policy, RetryPolicy, StopReason, stop, wait};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, advance, sleep};

const SHORT: Duration = Duration::from_millis(50);

/// Reads an endless stream: each message takes a unit of the budget, while time passes.
async fn drink() -> io::Result<u32> {
    let (sender, mut receiver) = unbounded_channel();
    for n in 0..200 {
        sender.send(n).unwrap();
    }
    while let Some(n) = receiver.recv().await {
        sender.send(n).unwrap();
        if n == 0 {
            advance(millis(1)).await;
        }
    }
    Ok(0)
}

/// Returns the call's outcome, and its duration in milliseconds. A second is too long.
fn timed<T>(call: impl Future<Output = T>) -> (T, u128) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let start = Instant::now();
        let ended = tokio::time::timeout(millis(1000), call).await;
        (
            ended.expect("a call without an end"),
            start.elapsed().as_millis(),
        )
    })
}

fn interrupted(outcome: &io::Result<u32>) -> Interrupt {
    let error = outcome.as_ref().unwrap_err().get_ref().unwrap();
    *error.downcast_ref().unwrap()
}

#[test]
fn an_attempt_timeout_ends_it() {
    let policy = RetryPolicy::new()
        .attempt_timeout(SHORT)
        .stop(stop::after_attempt(1));
    let (outcome, took) = timed(policy.run_async(drink));
    assert_eq!(interrupted(&outcome), Interrupt::AttemptTimeout);
    assert!((50..60).contains(&took), "{took}");
}

#[test]
fn a_deadline_ends_it() {
    let policy = RetryPolicy::new().deadline(SHORT);
    let (outcome, took) = timed(policy.run_async(drink));
    assert_eq!(interrupted(&outcome), Interrupt::Deadline);
    assert!((50..60).contains(&took), "{took}");
}

#[test]
fn a_deadline_with_a_sleeper_of_the_users_own_ends_it() {
    let policy = RetryPolicy::new()
        .deadline(SHORT)
        .sleep_async(async |pause| sleep(pause).await);
    let (outcome, _) = timed(policy.run_async(drink));
    assert_eq!(interrupted(&outcome), Interrupt::Deadline);
}

#[test]
fn it_is_retried_after_each_timeout() {
    let policy = RetryPolicy::new()
        .attempt_timeout(SHORT)
        .wait(wait::fixed(SHORT));
    let (report, took) = timed(policy.report_async(drink));
    assert_eq!(report.attempts(), 3);
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert!((250..270).contains(&took), "{took}");
}

const HEDGE: Hedge = hedge::delay(SHORT);

#[test]
fn a_hedge_begins_beside_it_and_is_not_starved() {
    let copies = AtomicU32::new(0);
    let policy = RetryPolicy::new().hedge(HEDGE);
    let call = policy.run_async(|| {
        let first = copies.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if first {
                return drink().await;
            }
            // Reads too, and so needs budget of its own.
            let (sender, mut receiver) = unbounded_channel();
            for n in 0..1000 {
                sender.send(n).unwrap();
            }
            for _ in 0..1000 {
                receiver.recv().await.unwrap();
            }
            sleep(millis(10)).await;
            Ok(7)
        }
    });
    let (outcome, took) = timed(call);
    assert_eq!(outcome.unwrap(), 7);
    assert!((60..90).contains(&took), "{took}");
}

#[test]
fn each_copy_has_its_turn_and_its_own_limit() {
    let copies = AtomicU32::new(0);
    let hedge = HEDGE.copies(4);
    let policy = RetryPolicy::new().hedge(hedge).attempt_timeout(millis(400));
    let call = policy.run_async(|| {
        let copy = copies.fetch_add(1, Ordering::Relaxed);
        async move {
            if copy < 3 {
                drink().await
            } else {
                sleep(millis(10)).await;
                Ok(copy)
            }
        }
    });
    let (outcome, took) = timed(call);
    assert_eq!(outcome.unwrap(), 3);
    assert!((160..220).contains(&took), "{took}");

    let policy = policy.stop(stop::after_attempt(1));
    let (outcome, took) = timed(policy.run_async(drink));
    assert_eq!(interrupted(&outcome), Interrupt::AttemptTimeout);
    assert!((550..600).contains(&took), "{took}");
}

#[test]
fn a_token_cuts_it() {
    static TOKEN: CancelToken = CancelToken::new();
    let policy = RetryPolicy::new()
        .deadline(millis(900))
        .stop(stop::cancelled(&TOKEN).abort_attempt());
    let cancels = async {
        sleep(SHORT).await;
        TOKEN.cancel();
    };
    let ((outcome, ()), took) =
        timed(async { tokio::join!(biased; policy.run_async(drink), cancels) });
    assert_eq!(interrupted(&outcome), Interrupt::Cancelled);
    assert!(took < 70, "{took}");
}

/// The flag is checked every 50 ms, by a timer.
#[test]
fn a_flag_cuts_it() {
    use std::sync::atomic::AtomicBool;
    static FLAG: AtomicBool = AtomicBool::new(false);
    let policy = RetryPolicy::new()
        .deadline(millis(900))
        .stop(stop::cancelled(&FLAG).abort_attempt());
    let call = policy.run_async(|| async {
        FLAG.store(true, Ordering::Relaxed);
        drink().await
    });
    let (outcome, took) = timed(call);
    assert_eq!(interrupted(&outcome), Interrupt::Cancelled);
    assert!(took < 70, "{took}");
}

#[cfg(feature = "tokio-util")]
#[test]
fn a_token_of_tokio_util_cuts_it() {
    let token = tokio_util::sync::CancellationToken::new();
    let policy = RetryPolicy::new()
        .deadline(millis(900))
        .stop(stop::cancelled(token.clone()).abort_attempt());
    let call = policy.run_async(|| {
        token.cancel();
        drink()
    });
    assert_eq!(interrupted(&timed(call).0), Interrupt::Cancelled);
}

/// The pauses of a call beside an endless one end in time too.
#[test]
fn a_pause_beside_it_ends() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SHORT))
        .stop(stop::after_attempt(2));
    let call = policy.run_async(|| async { Err::<u32, _>("refused") });
    let both = async {
        tokio::select! { biased; _ = drink() => unreachable!(), outcome = call => outcome }
    };
    let (outcome, took) = timed(both);
    assert_eq!(outcome, Err("refused"));
    assert!((50..60).contains(&took), "{took}");
}
