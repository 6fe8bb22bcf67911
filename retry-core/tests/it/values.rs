//! Drops of a retried value before the pause of a policy, because it may hold a connection.
#![cfg(all(feature = "testing", feature = "tokio"))]

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use persevere_core::{
    CancelToken, CircuitBreaker, Interrupt, Opaque, Policy, RetryPolicy, StopReason, stop, when,
};

/// A value that is counted as long as it lives.
struct Held(Rc<Cell<u32>>);

impl Held {
    fn new(alive: &Rc<Cell<u32>>) -> Self {
        alive.set(alive.get() + 1);
        Held(Rc::clone(alive))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

fn interrupted<T>(interrupt: Interrupt) -> io::Result<T> {
    Err(interrupt.into())
}

/// Counts the live values in the pauses of calls by this policy, blocking and async.
macro_rules! alive_in_pauses {
    ($policy:expr, $outcome:expr) => {{
        let alive = Rc::new(Cell::new(0));
        let most = Cell::new(0);
        let looks = |_: Duration| most.set(most.get().max(alive.get()));
        drop($policy.sleep(looks).run(|| $outcome(Held::new(&alive))));
        let sleeps = |pause| {
            looks(pause);
            std::future::ready(())
        };
        let policy = $policy.sleep_async(sleeps);
        drop(
            policy
                .run_async(|| std::future::ready($outcome(Held::new(&alive))))
                .await,
        );
        assert_eq!(alive.get(), 0);
        most.get()
    }};
}

fn every() -> RetryPolicy<stop::AfterAttempt, Duration, when::Always> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(Duration::from_secs(1))
        .when(when::always())
}

#[tokio::test(start_paused = true)]
async fn a_value_is_dropped_before_the_pause_where_an_interrupt_stands_for_it() {
    let hour = Duration::from_secs(3600);
    let breaker = CircuitBreaker::new("b").consecutive(9);
    let token = CancelToken::new();
    let cancelled = || stop::after_attempt(3) | stop::cancelled(&token);
    assert_eq!(alive_in_pauses!(every(), io::Result::Ok), 0);
    assert_eq!(alive_in_pauses!(every().deadline(hour), io::Result::Ok), 0);
    assert_eq!(
        alive_in_pauses!(every().breaker(&breaker), io::Result::Ok),
        0
    );
    assert_eq!(
        alive_in_pauses!(
            every().stop(cancelled()).interrupt(interrupted),
            io::Result::Ok
        ),
        0
    );
    assert_eq!(alive_in_pauses!(every().stop(cancelled()), Some), 0);
    let whole = |_: Interrupt| Opaque(None);
    assert_eq!(
        alive_in_pauses!(every().deadline(hour).interrupt(whole), |held| Opaque(
            Some(held)
        )),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn a_value_for_which_nothing_stands_is_kept() {
    let token = CancelToken::new();
    let cancelled = || stop::after_attempt(3) | stop::cancelled(&token);
    assert_eq!(
        alive_in_pauses!(every().stop(cancelled()), io::Result::Ok),
        1
    );
    assert_eq!(alive_in_pauses!(every().stop(cancelled()), Opaque), 1);
}

#[test]
fn the_error_of_the_attempt_before_outlives_the_pause() {
    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .interrupt(|_| Err("interrupted"))
        .sleep(|_| {
            token.cancel();
        });
    assert_eq!(policy.run(|| Err::<(), _>("refused")), Err("refused"));
}

#[test]
fn an_interrupt_is_told_after_a_value() {
    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token))
        .when(when::always())
        .interrupt(|_| Err("interrupted"))
        .sleep(|_| {
            token.cancel();
        });
    let report = policy.report(|| Ok(7));
    assert_eq!(
        (report.reason(), report.attempts()),
        (Some(StopReason::Cancelled), 1)
    );
    assert_eq!(report.into_outcome(), Err("interrupted"));
}
