//! Timers of async calls without a tokio runtime.
#![cfg(feature = "async")]
#![cfg(any(feature = "tokio", feature = "futures-timer"))]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::common::{Outcome, millis};
use persevere_core::{Policy, RetryPolicy, stop, wait};

/// Runs a future on a minimal executor.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn calls_without_pauses_run_under_any_executor() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(50))
        .wait(wait::none());
    let outcome = block_on(policy.run_async(|| async { Outcome::Err("busy") }));
    assert_eq!(outcome, Err("busy"));
}

#[test]
fn a_sleeper_of_the_users_own_runs_under_any_executor() {
    let policy = RetryPolicy::new().sleep_async(|_| std::future::ready(()));
    let outcome = block_on(policy.run_async(|| async { Outcome::Err("busy") }));
    assert_eq!(outcome, Err("busy"));
}

#[test]
fn a_sleeper_of_the_users_own_beside_a_deadline_does_too() {
    let policy = RetryPolicy::new()
        .deadline(millis(60_000))
        .sleep_async(|_| std::future::ready(()));
    let refuses = || async { std::io::Result::<()>::Err(std::io::ErrorKind::TimedOut.into()) };
    assert_eq!(block_on(policy.report_async(refuses)).attempts(), 3);
}

#[cfg(feature = "futures-timer")]
#[test]
fn the_portable_timer_ends_a_sleeper_of_the_users_own_by_the_deadline() {
    let policy = RetryPolicy::new()
        .deadline(millis(200))
        .sleep_async(|_| std::future::pending());
    let refuses = || async { std::io::Result::<()>::Err(std::io::ErrorKind::TimedOut.into()) };
    let report = block_on(policy.report_async(refuses));
    assert_eq!(report.reason(), Some(persevere_core::StopReason::Deadline));
}

#[cfg(feature = "futures-timer")]
#[test]
fn the_portable_timer_pauses_under_any_executor() {
    let policy = RetryPolicy::new().wait(wait::fixed(millis(2)));
    let report = block_on(policy.report_async(|| async { Outcome::Err("busy") }));
    assert_eq!(report.attempts(), 3);
    // A sleep is never shorter than asked.
    assert!(report.elapsed() >= millis(4));
}

#[cfg(feature = "futures-timer")]
#[test]
fn the_portable_timer_takes_any_pause() {
    let policy = RetryPolicy::new().wait(Duration::MAX);
    let mut call = pin!(policy.run_async(|| async { Outcome::Err("busy") }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_pending());
}

#[cfg(all(feature = "futures-timer", feature = "tokio"))]
#[tokio::test(start_paused = true)]
async fn tokio_s_own_timer_is_used_inside_its_runtime() {
    let began = tokio::time::Instant::now();
    let policy = RetryPolicy::new().wait(wait::fixed(crate::common::HOUR));
    let _ = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(began.elapsed(), 2 * crate::common::HOUR);
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn tokio_s_timer_takes_any_pause() {
    let policy = RetryPolicy::new().wait(Duration::MAX);
    let call = policy.run_async(|| async { Outcome::Err("busy") });
    assert!(
        tokio::time::timeout(crate::common::HOUR, call)
            .await
            .is_err()
    );
}

#[cfg(all(feature = "tokio", not(feature = "futures-timer")))]
#[test]
#[should_panic = "no tokio runtime here to wake a retry: call it inside one, enable the feature \
                  `futures-timer` of `persevere`, or pass a sleeper of your own with `sleep`"]
fn with_tokio_alone_a_pause_outside_a_runtime_panics() {
    let policy = RetryPolicy::new().wait(wait::fixed(millis(2)));
    let _ = block_on(policy.run_async(|| async { Outcome::Err("busy") }));
}
