//! Tokens that cut, in policies without another guard: they cut wherever an outcome can replace that of the
//! attempt.
#![cfg(feature = "tokio")]

use std::future::{Future, pending};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::common::{HOUR, SECOND};
use persevere_core::{
    CancelToken, Interrupt, Policy, Progress, RetryBudget, RetryPolicy, StopReason, wait,
};
use persevere_core::{Stop, stop};
use tokio::time::{sleep, timeout};

async fn hang() -> io::Result<u32> {
    pending().await
}

/// Returns the outcome of a call whose token is cancelled after a second, or `None` if it takes an hour.
async fn cancelled<T>(token: &CancelToken, call: impl Future<Output = T>) -> Option<T> {
    let cancel = async {
        sleep(SECOND).await;
        token.cancel();
    };
    tokio::join!(timeout(HOUR, call), cancel).0.ok()
}

fn interrupt(outcome: &io::Result<u32>) -> Option<Interrupt> {
    let error = outcome.as_ref().err()?;
    error.get_ref()?.downcast_ref().copied()
}

/// Input: tests, each with a stop made of `cut`. Output: it cuts a first attempt.
macro_rules! cuts_a_first_attempt {
    ($($name:ident: |$cut:ident| $stop:expr;)+) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            static TOKEN: CancelToken = CancelToken::new();
            let $cut = stop::cancelled(&TOKEN).abort_attempt();
            let policy = RetryPolicy::new().stop($stop);
            let report = cancelled(&TOKEN, policy.report_async(hang)).await.expect("it cuts");
            assert_eq!(report.reason(), Some(StopReason::Cancelled));
            assert_eq!(interrupt(report.outcome()), Some(Interrupt::Cancelled));
            let again = policy.run_async(hang).await;
            assert_eq!(interrupt(&again), Some(Interrupt::Cancelled));
        }
    )+};
}

cuts_a_first_attempt! {
    alone: |cut| cut;
    after_a_limit: |cut| stop::after_attempt(5) | cut;
    before_a_limit: |cut| cut | stop::after_attempt(5);
    between_limits: |cut| stop::after_attempt(5) | cut | stop::after_delay(HOUR);
    behind_limits: |cut| stop::after_attempt(5) | stop::after_delay(HOUR) | cut;
    in_a_list: |cut| stop::any((stop::after_attempt(5), cut, stop::after_delay(HOUR)));
    beside_a_box: |cut| cut | Box::new(stop::after_attempt(5)) as Box<dyn Stop + Sync + Send>;
    beside_a_token_that_does_not: |cut| stop::cancelled(&TOKEN) | cut;
    twice: |cut| cut | cut;
    beside_a_stop_of_the_users_own: |cut| Never | cut;
}

#[derive(Clone, Copy)]
struct Never;

impl Stop for Never {
    fn stop(&self, _: &Progress<'_>) -> Option<StopReason> {
        None
    }
}

impl<R: Stop> std::ops::BitOr<R> for Never {
    type Output = stop::Any<(Never, R)>;

    fn bitor(self, other: R) -> Self::Output {
        stop::any((self, other))
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_guard_that_does_not_interrupt() {
    static TOKEN: CancelToken = CancelToken::new();
    static BUDGET: RetryBudget = RetryBudget::tokens(100);
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&TOKEN).abort_attempt())
        .budget(&BUDGET);
    let outcome = cancelled(&TOKEN, policy.run_async(hang))
        .await
        .expect("it cuts");
    assert_eq!(interrupt(&outcome), Some(Interrupt::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn the_outcome_of_the_attempt_before_is_returned() {
    static TOKEN: CancelToken = CancelToken::new();
    let made = AtomicU32::new(0);
    let hidden: Box<dyn Stop + Send + Sync> = Box::new(stop::cancelled(&TOKEN).abort_attempt());
    let policy = RetryPolicy::new()
        .stop(hidden)
        .wait(wait::fixed(SECOND / 1000));
    let call = policy.run_async(|| {
        let first = made.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            match first {
                // An error that cannot be made from an interrupt.
                true => Err("refused"),
                false => pending::<Result<u32, &str>>().await,
            }
        }
    });
    assert_eq!(cancelled(&TOKEN, call).await, Some(Err("refused")));
}

/// Nothing can replace the outcome of the first attempt. The attempt continues, and the call ends after it.
#[tokio::test(start_paused = true)]
async fn a_hidden_cut_ends_the_call_after_a_first_attempt() {
    static TOKEN: CancelToken = CancelToken::new();
    let hidden: Box<dyn Stop + Send + Sync> = Box::new(stop::cancelled(&TOKEN).abort_attempt());
    let policy = RetryPolicy::new().stop(hidden).wait(wait::none());
    let call = policy.report_async(|| async {
        sleep(2 * SECOND).await;
        Err::<u32, _>("refused")
    });
    let report = cancelled(&TOKEN, call)
        .await
        .expect("the attempt ends by itself");
    assert_eq!(report.attempts(), 1);
    assert_eq!(report.reason(), Some(StopReason::Cancelled));
}

/// A shared policy hides the cut, as a box does. With a guard that makes outcomes it cuts.
#[tokio::test(start_paused = true)]
async fn a_shared_policy_cuts_a_first_attempt_by_its_guards_alone() {
    let policy = |token: &Arc<CancelToken>| {
        let stop = stop::cancelled(Arc::clone(token)).abort_attempt();
        RetryPolicy::new().stop(stop).wait(wait::none())
    };
    let token = Arc::new(CancelToken::new());
    let shared = policy(&token).shared();
    let call = shared.report_async(|| async {
        sleep(2 * SECOND).await;
        io::Result::<u32>::Err(ErrorKind::TimedOut.into())
    });
    let report = cancelled(&token, call)
        .await
        .expect("the attempt ends by itself");
    assert_eq!(
        (report.attempts(), report.reason()),
        (1, Some(StopReason::Cancelled))
    );
    assert_eq!(interrupt(report.outcome()), None);

    let token = Arc::new(CancelToken::new());
    let shared = policy(&token).deadline(HOUR).shared();
    let outcome = cancelled(&token, shared.run_async(hang))
        .await
        .expect("it cuts");
    assert_eq!(interrupt(&outcome), Some(Interrupt::Cancelled));
}

/// An `io::Error` can be made from an interrupt, which a policy without a guard cannot know.
#[tokio::test(start_paused = true)]
async fn a_hidden_cut_of_an_io_error_needs_its_interrupt() {
    fn hidden(token: &CancelToken) -> Box<dyn Stop + '_> {
        Box::new(stop::cancelled(token).abort_attempt())
    }
    let token = CancelToken::new();
    let policy = RetryPolicy::new().stop(hidden(&token));
    assert!(cancelled(&token, policy.run_async(hang)).await.is_none());
    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .stop(hidden(&token))
        .interrupt(|i: Interrupt| Err(i.into()));
    let outcome = cancelled(&token, policy.run_async(hang)).await;
    let outcome = outcome.expect("it cuts");
    assert_eq!(interrupt(&outcome), Some(Interrupt::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn a_hidden_cut_beside_a_guard_cuts() {
    static TOKEN: CancelToken = CancelToken::new();
    fn hidden() -> impl Stop {
        stop::after_attempt(3) | stop::cancelled(&TOKEN).abort_attempt()
    }
    let policy = RetryPolicy::new().stop(hidden()).interrupt(|_| Err("cut"));
    let call = policy.run_async(pending::<Result<u32, &str>>);
    assert_eq!(cancelled(&TOKEN, call).await, Some(Err("cut")));
    let policy = RetryPolicy::new().stop(hidden()).deadline(9 * HOUR);
    let outcome = policy.run_async(hang).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Other);
}
