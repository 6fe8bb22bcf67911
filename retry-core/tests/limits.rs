//! Limits of time on attempts, and what follows from an attempt that one of them cut.
#![cfg(feature = "tokio")]

mod common;

use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use common::{HOUR, SECOND};
use persevere_core::hedge;
use persevere_core::{Interrupt, Next, Policy, RetryPolicy, stop, wait};

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
