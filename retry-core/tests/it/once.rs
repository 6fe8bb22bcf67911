//! Policies that make one attempt.

use std::cell::Cell;
use std::io;

use crate::common::{HOUR, Outcome, SECOND};
use persevere_core::policy::SharedPolicy;
use persevere_core::{
    Attempt, CircuitBreaker, GiveUp, Interrupt, Next, Policy, RetryBudget, RetryPolicy, RetryState,
    RetryStats, StopReason, Verdict, stop, wait, when,
};

#[test]
fn no_stop_and_no_case_makes_a_second_attempt() {
    let before = RetryPolicy::new()
        .once()
        .stop(stop::never())
        .wait(wait::none());
    let behind = RetryPolicy::new().stop(stop::after_attempt(9)).once();
    for report in [
        before.report(|| Outcome::Err("busy")),
        behind.report(|| Outcome::Err("busy")),
    ] {
        assert_eq!(report.attempts(), 1);
        assert_eq!(report.reason(), Some(StopReason::Attempts));
        assert_eq!(report.into_outcome(), Err("busy"));
    }
    let classes = before.case(
        when::err(|_: &&str| true),
        stop::after_attempt(5),
        wait::none(),
    );
    assert_eq!(classes.report(|| Outcome::Err("busy")).attempts(), 1);
    assert_eq!(before.schedule().rows().len(), 0);
    assert_eq!(before.resume(1, SECOND), Err(StopReason::Attempts));
    assert!(before.validate().is_ok());
}

#[test]
fn nothing_switches_the_retries_on_again() {
    let policy = RetryPolicy::new().once().enabled(true).wait(wait::none());
    assert_eq!(policy.report(|| None::<u8>).attempts(), 1);
    let shared: SharedPolicy<_> = RetryPolicy::new()
        .stop(stop::after_attempt(5))
        .once()
        .shared();
    assert_eq!(shared.report(|| None::<u8>).attempts(), 1);
    let shared: SharedPolicy<_> = RetryPolicy::new().wait(wait::none()).shared();
    assert_eq!(shared.clone().once().report(|| None::<u8>).attempts(), 1);
    assert_eq!(shared.report(|| None::<u8>).attempts(), 3);
}

/// A hint says when to try again, which nobody does.
#[test]
fn a_hint_changes_neither_the_outcome_nor_the_reason() {
    #[derive(Debug, PartialEq)]
    struct Busy;
    impl std::fmt::Display for Busy {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("busy")
        }
    }
    impl std::error::Error for Busy {}
    impl persevere_core::Transient for Busy {
        fn verdict(&self) -> Verdict {
            Verdict::RetryAfter(HOUR)
        }
    }
    let policy = RetryPolicy::new().when(when::transient());
    let busy = || Err::<(), _>(Busy);
    assert_eq!(policy.report(busy).reason(), Some(StopReason::Hint));
    let report = policy.once().report(busy);
    assert_eq!(report.reason(), Some(StopReason::Attempts));
    assert_eq!(report.into_outcome(), Err(Busy));
    let policy = policy.once();
    let mut call = policy.start();
    assert_eq!(call.next(&busy()), Next::Return);
    assert_eq!(call.reason(), Some(StopReason::Attempts));
}

#[test]
fn its_guards_hold() {
    let breaker = CircuitBreaker::new("once").consecutive(2);
    let budget = RetryBudget::total(1);
    let policy = RetryPolicy::new()
        .when(when::err(|error: &io::Error| {
            error.kind() != io::ErrorKind::NotFound
        }))
        .breaker(&breaker)
        .budget(&budget)
        .deadline(HOUR)
        .once();
    let calls = |kind: io::ErrorKind| policy.report(move || io::Result::<()>::Err(kind.into()));
    let report = calls(io::ErrorKind::NotFound);
    assert_eq!(
        (report.attempts(), report.reason()),
        (1, Some(StopReason::Final))
    );
    for _ in 0..2 {
        let report = calls(io::ErrorKind::TimedOut);
        assert_eq!(
            (report.attempts(), report.reason()),
            (1, Some(StopReason::Attempts))
        );
    }
    let report = calls(io::ErrorKind::TimedOut);
    assert_eq!(
        (report.attempts(), report.reason()),
        (0, Some(StopReason::CircuitOpen))
    );
    // Nothing was retried.
    assert_eq!(budget.available(), 1);
    let past = RetryPolicy::new()
        .deadline(std::time::Duration::ZERO)
        .once();
    let error = past.run(|| io::Result::Ok(1)).unwrap_err();
    let interrupt = error.get_ref().and_then(|inner| inner.downcast_ref());
    assert_eq!(interrupt, Some(&Interrupt::Deadline));
}

#[test]
fn statistics_and_callbacks_see_one_attempt() {
    static STATS: RetryStats = RetryStats::new();
    let seen = Cell::new(0);
    let count = |_: &RetryState<'_, Outcome>| seen.set(seen.get() + 1);
    let policy = RetryPolicy::new()
        .stats(&STATS)
        .before(count)
        .after(count)
        .on_failure(count)
        .before_sleep(|_: &RetryState<'_, Outcome>| panic!("a pause"))
        .fallback(|give_up: GiveUp<Outcome>| {
            assert_eq!(
                (give_up.attempts(), give_up.reason()),
                (1, StopReason::Attempts)
            );
            Ok(7)
        })
        .once();
    assert_eq!(policy.run(|| Err("busy")), Ok(7));
    assert_eq!(policy.run(|_: &Attempt| Ok(1)), Ok(1));
    assert_eq!(seen.get(), 5);
    assert_eq!(
        STATS.to_string(),
        "2 calls, 2 attempts, 0 retries; 1 ok at first, 0 ok after retries, 1 failed \
         (1 attempt limit); 0 idle, 0 asleep"
    );
}

#[cfg(feature = "tokio")]
mod asynchronous {
    use std::future::pending;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use persevere_core::{CancelToken, hedge};

    #[tokio::test(start_paused = true)]
    async fn an_attempt_is_cut_and_not_made_again() {
        let policy = RetryPolicy::new().attempt_timeout(SECOND).once();
        let start = tokio::time::Instant::now();
        let report = policy.report_async(pending::<io::Result<()>>).await;
        assert_eq!(
            (report.attempts(), report.reason()),
            (1, Some(StopReason::Attempts))
        );
        assert_eq!(start.elapsed(), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn its_one_attempt_may_have_copies() {
        let copies = AtomicU32::new(0);
        let policy = RetryPolicy::new()
            .hedge(hedge::delay(SECOND).copies(3))
            .once();
        let outcome = policy.run_async(|| async {
            match copies.fetch_add(1, Ordering::Relaxed) {
                2 => Outcome::Ok(7),
                _ => pending().await,
            }
        });
        assert_eq!(outcome.await, Ok(7));
    }

    /// The breaker and the token of the stop, while nothing is attempted.
    #[tokio::test(start_paused = true)]
    async fn it_waits_for_its_breaker_until_a_token_comes() {
        let breaker = CircuitBreaker::new("waited")
            .consecutive(1)
            .open_for(SECOND);
        let waits = persevere_core::breaker::wait_for(&breaker);
        let token = CancelToken::new();
        let policy = RetryPolicy::new()
            .stop(stop::cancelled(&token))
            .breaker(waits)
            .deadline(HOUR)
            .once();
        let refused = || async { io::Result::<()>::Err(io::ErrorKind::TimedOut.into()) };
        let start = tokio::time::Instant::now();
        assert_eq!(policy.report_async(refused).await.attempts(), 1);
        assert_eq!(start.elapsed(), std::time::Duration::ZERO);
        assert_eq!(policy.report_async(refused).await.attempts(), 1);
        assert_eq!(start.elapsed().as_secs(), 1);
        token.cancel();
        let report = policy.report_async(refused).await;
        assert_eq!(
            (report.attempts(), report.reason()),
            (0, Some(StopReason::Cancelled))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_times_of_its_fallbacks_add_up() {
        let start = tokio::time::Instant::now();
        let policy = RetryPolicy::new()
            .fallback_within(SECOND, GiveUp::<io::Result<u32>>::into_outcome)
            .fallback_within(2 * SECOND, |_| Ok(7))
            .deadline(10 * SECOND)
            .once();
        assert_eq!(
            policy.run_async(pending::<io::Result<u32>>).await.unwrap(),
            7
        );
        assert_eq!(start.elapsed(), 7 * SECOND);
    }
}
