//! Hints of failures beside the pause of the wait.

use std::time::Duration;

use persevere::testing::{self, Recorded};
use persevere::{
    Attempt, Interrupt, Policy, RetryPolicy, StopReason, Transient, Verdict, retry, wait, when,
};

const SECOND: Duration = Duration::from_secs(1);

/// A server that says when to come back.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Busy(Verdict);

impl Transient for Busy {
    fn verdict(&self) -> Verdict {
        self.0
    }
}

impl From<Interrupt> for Busy {
    fn from(_: Interrupt) -> Self {
        Busy(Verdict::Final)
    }
}

fn after(pause: Duration) -> Busy {
    Busy(Verdict::RetryAfter(pause))
}

fn recorded<O>(call: impl FnOnce() -> O) -> Recorded {
    testing::record(call).1
}

#[retry(stop = after_attempt(4), wait = exponential(1s), when = transient())]
fn doubling(busy: Busy) -> Result<(), Busy> {
    Err(busy)
}

#[test]
fn a_hint_is_a_floor_under_the_pause() {
    let doubled = [1, 2, 4].map(Duration::from_secs);
    recorded(|| doubling(after(Duration::from_millis(10)))).pauses(doubled);
    recorded(|| doubling(after(Duration::ZERO))).pauses(doubled);
    let third = 3 * SECOND..=3 * SECOND + SECOND * 3 / 10;
    recorded(|| doubling(after(3 * SECOND))).pauses([
        third.clone(),
        third,
        4 * SECOND..=4 * SECOND,
    ]);
    let exactly = |pause| recorded(|| doubling(Busy(Verdict::RetryIn(pause))));
    exactly(Duration::ZERO).pauses([Duration::ZERO; 3]);
    exactly(SECOND).pauses([SECOND; 3]);
    exactly(61 * SECOND).gave_up(StopReason::Hint);
}

/// `decorrelated` grows from its own pauses, not from those asked for, nor from none.
#[retry(stop = after_attempt(30), wait = decorrelated(1s).max(1h), when = transient())]
fn decorrelated(busy: Busy) -> Result<(), Busy> {
    Err(busy)
}

#[test]
fn a_schedule_goes_on_under_small_hints() {
    let pauses = recorded(|| decorrelated(after(Duration::from_millis(1)))).all_pauses();
    assert!(
        pauses.iter().any(|pause| *pause > 30 * SECOND),
        "{pauses:?}"
    );
}

#[retry(
    stop = after_attempt(3),
    wait = 2s,
    case(Err(Busy(Verdict::RetryAfter(_))), wait = fixed(1s).hint_max(5s)),
    case(Err(Busy(Verdict::Retry)), wait = from_err(|_| Some(90s)).or(none()).hint_max(2min)),
    when = transient(),
)]
fn by_case(busy: Busy) -> Result<(), Busy> {
    Err(busy)
}

#[retry(wait = from_err(|busy| busy.0.hint()).or(fixed(1s)))]
fn told(busy: Busy) -> Result<(), Busy> {
    Err(busy)
}

#[test]
fn the_wait_says_how_long_a_hint_may_be() {
    recorded(|| by_case(after(6 * SECOND))).pauses([SECOND; 2]); // a pattern asks for nothing
    recorded(|| by_case(Busy(Verdict::Retry))).pauses([90 * SECOND; 2]);
    recorded(|| told(after(60 * SECOND))).pauses([60 * SECOND; 2]);
    recorded(|| told(after(61 * SECOND)))
        .attempts(1)
        .gave_up(StopReason::Hint);
}

/// The behaviour of tenacity's `TryAgain`.
#[retry(wait = fixed(2s), on = Err(_), attempt = at)]
async fn comes_later(answers: &[Result<u8, Busy>]) -> Result<u8, Busy> {
    let answer = answers[at.number() as usize - 1];
    if answer == Ok(0) {
        at.retry();
    }
    answer
}

#[tokio::test(start_paused = true)]
async fn a_body_wants_another_attempt_after_the_policys_pause() {
    let (page, recorded) = testing::record_async(comes_later(&[Ok(0), Ok(0), Ok(7)])).await;
    assert_eq!(page, Ok(7));
    recorded.pauses([2 * SECOND; 2]);
    let (page, recorded) = testing::record_async(comes_later(&[Ok(0); 3])).await;
    assert_eq!(page, Ok(0));
    recorded.attempts(3).gave_up(StopReason::Attempts);
}

#[retry(wait = fixed(2s), when = transient(), attempt = at, deadline = 1min, policy = RetryPolicy::new())]
fn guarded(busy: Busy) -> Result<(), Busy> {
    at.retry();
    Err(busy)
}

#[test]
fn a_hint_holds_beside_the_mark() {
    recorded(|| guarded(Busy(Verdict::Final))).pauses([2 * SECOND; 2]);
    let fifth = 5 * SECOND..=5 * SECOND + SECOND / 2;
    recorded(|| guarded(after(5 * SECOND))).pauses([fifth.clone(), fifth]);
}

#[test]
fn steps_and_copies_heed_the_mark() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(2 * SECOND))
        .when(when::never());
    let mut call = policy.start();
    let attempt = call.attempt();
    attempt.retry();
    let next = call.next_marked(&Ok::<_, Busy>(0), &attempt);
    assert_eq!(next, persevere::Next::Sleep(2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_hedged_attempt_is_retried_after_the_pause() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(2 * SECOND))
        .hedge(persevere::hedge::delay(SECOND));
    let call = policy.report_async(|at: std::sync::Arc<Attempt>| async move {
        if at.number() == 1 {
            at.retry();
        }
        Ok::<_, Busy>(at.number())
    });
    let report = call.await;
    assert_eq!((report.attempts(), report.idle()), (2, 2 * SECOND));
}
