//! Async calls, on a paused clock: an hour of pauses takes milliseconds.
#![cfg(feature = "tokio")]

use std::cell::Cell;
use std::future::{Future, pending, ready};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use crate::common::{HOUR, Outcome, Recorder, SECOND, millis, script, secs};
use persevere_core::{
    AsyncSleep, Attempt, CancelToken, Interrupt, Policy, RetryPolicy, RetryState, StopReason, Wait,
    stop, wait, when,
};
use tokio::time::{Instant, advance, sleep};

/// Returns an operation that takes `time` and fails.
fn slow(time: Duration) -> impl AsyncFn() -> Outcome {
    async move || {
        sleep(time).await;
        Err("busy")
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_pauses_takes_no_time() {
    let began = Instant::now();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(61))
        .wait(wait::fixed(secs(60.0)));
    let outcome = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(outcome, Err("busy"));
    assert_eq!(began.elapsed(), HOUR);
}

#[tokio::test(start_paused = true)]
async fn after_delay_is_exact() {
    // Attempts of 1 s and pauses of 2 s end at 1, 4, 7, 10 s.
    for (limit, attempts) in [
        (0.0, 1),
        (1.0, 1),
        (1.001, 2),
        (4.0, 2),
        (9.999, 4),
        (10.0, 4),
    ] {
        let policy = RetryPolicy::new()
            .stop(stop::after_delay(secs(limit)))
            .wait(wait::fixed(secs(2.0)));
        let attempt = slow(SECOND);
        let report = policy.report_async(|| attempt()).await;
        assert_eq!(report.attempts(), attempts, "limit {limit} s");
        assert_eq!(report.reason(), Some(StopReason::Elapsed));
    }
}

#[tokio::test(start_paused = true)]
async fn before_delay_is_exact() {
    for (limit, attempts) in [(3.0, 1), (3.001, 2), (6.0, 2), (6.001, 3)] {
        let policy = RetryPolicy::new()
            .stop(stop::before_delay(secs(limit)))
            .wait(wait::fixed(secs(2.0)));
        let attempt = slow(SECOND);
        let report = policy.report_async(|| attempt()).await;
        assert_eq!(report.attempts(), attempts, "limit {limit} s");
        assert!(report.elapsed() < secs(limit) + SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_sees_idle_time_without_a_report() {
    let policy = RetryPolicy::new()
        .stop(stop::stop_when(|p| p.idle_for() >= secs(3.0)))
        .wait(wait::fixed(SECOND));
    let began = Instant::now();
    let outcome = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(outcome, Err("busy"));
    assert_eq!(began.elapsed(), secs(3.0));
}

#[tokio::test(start_paused = true)]
async fn a_wait_sees_the_pause_before_without_a_report() {
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(|s: &RetryState<'_, Outcome>| s.previous_pause() + SECOND);
    let began = Instant::now();
    let outcome = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(outcome, Err("busy"));
    assert_eq!(began.elapsed(), secs(1.0 + 2.0 + 3.0));
}

#[tokio::test(start_paused = true)]
async fn the_report_tells_time_and_idle_time() {
    let policy = RetryPolicy::new().wait(wait::exponential(SECOND));
    let attempt = slow(millis(500));
    let report = policy.report_async(|| attempt()).await;
    assert_eq!(report.attempts(), 3);
    assert_eq!(report.idle(), secs(3.0));
    assert_eq!(report.elapsed(), secs(4.5));
}

#[tokio::test(start_paused = true)]
async fn the_attempt_tells_its_number_and_the_time() {
    let seen = Recorder::new();
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND));
    let call = policy.run_async(|at: Arc<Attempt>| {
        let seen = &seen;
        async move {
            sleep(millis(500)).await;
            seen.push((at.number(), at.elapsed()));
            Outcome::Err("busy")
        }
    });
    assert_eq!(call.await, Err("busy"));
    assert_eq!(
        seen.items(),
        [(1, secs(0.5)), (2, secs(2.0)), (3, secs(3.5))]
    );
}

#[tokio::test(start_paused = true)]
async fn marks_hold_across_awaits() {
    let policy = RetryPolicy::new().wait(wait::none()).when(when::never());
    let began = Instant::now();
    let call = policy.run_async(|at: Arc<Attempt>| async move {
        match at.number() {
            1 => at.retry_now(),
            2 => at.retry_after(SECOND),
            _ => {}
        }
        tokio::task::yield_now().await;
        Ok::<_, ()>(at.number())
    });
    assert_eq!(call.await, Ok(3));
    let elapsed = began.elapsed();
    assert!(SECOND <= elapsed && elapsed <= secs(1.2), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_begins_when_it_is_first_polled() {
    let policy = RetryPolicy::new()
        .stop(stop::after_delay(secs(10.0)))
        .wait(wait::fixed(SECOND));
    let attempt = slow(SECOND);
    let call = policy.report_async(|| attempt());
    advance(HOUR).await;
    let report = call.await;
    assert_eq!(report.elapsed(), secs(11.0));
    assert_eq!(report.attempts(), 6);
}

#[tokio::test(start_paused = true)]
async fn reset_after_starts_anew_after_a_long_attempt() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .wait(wait::exponential(SECOND))
        .reset_after(secs(10.0))
        .before_sleep(|s: &RetryState<'_, Outcome>| slept.push(s.pause().unwrap()));
    // The third attempt runs exactly long enough.
    let mut times = script([1.0, 9.999, 10.0, 1.0, 1.0].map(secs));
    let call = policy.report_async(|| {
        let time = times();
        async move {
            sleep(time).await;
            Outcome::Err("lost")
        }
    });
    let report = call.await;
    assert_eq!(report.attempts(), 5);
    assert_eq!(slept.items(), [1.0, 2.0, 1.0, 2.0].map(secs));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_takes_too_long_is_no_long_attempt() {
    // A busy machine wakes late. The attempts themselves fail at once.
    let policy = RetryPolicy::new()
        .wait(wait::fixed(SECOND))
        .reset_after(secs(5.0))
        .sleep_async(|pause| sleep(pause + secs(7.0)));
    let report = policy.report_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(report.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_of_the_users_own_is_used() {
    let slept = Recorder::new();
    let policy = RetryPolicy::new()
        .wait(wait::fixed(HOUR))
        .sleep_async(|pause| {
            slept.push(pause);
            ready(())
        });
    let began = Instant::now();
    let _ = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(slept.items(), [HOUR; 2]);
    assert!(began.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_for_blocking_calls_leaves_async_ones_alone() {
    let policy = RetryPolicy::new()
        .wait(wait::fixed(HOUR))
        .sleep(|_| panic!("blocks the runtime"));
    let began = Instant::now();
    let _ = policy.run_async(|| async { Outcome::Err("busy") }).await;
    assert_eq!(began.elapsed(), 2 * HOUR);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_zero_lets_other_tasks_run() {
    let turns = Cell::new(0);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(100))
        .wait(wait::none());
    let call = policy.run_async(|| async { Outcome::Err("busy") });
    let other = async {
        while turns.get() < 50 {
            turns.set(turns.get() + 1);
            tokio::task::yield_now().await;
        }
    };
    let mut call = pin!(call);
    // The endless call is polled first every time, and does not block the thread.
    tokio::select! {
        biased;
        _ = &mut call => panic!("the call kept the thread"),
        () = other => {}
    }
    assert_eq!(call.await, Err("busy"));
}

/// Returns whether other tasks run while the call fails a hundred times.
async fn lets_others_run<P>(policy: P, mark: fn(&Attempt)) -> bool
where
    P: Policy<Outcome, Sleep: AsyncSleep>,
{
    let policy = &policy;
    let call = policy.run_async(|at: Arc<Attempt>| async move {
        mark(&at);
        Outcome::Err("busy")
    });
    tokio::select! {
        biased;
        _ = call => false,
        () = tokio::task::yield_now() => true,
    }
}

#[tokio::test]
async fn whatever_makes_every_pause_zero_the_call_yields() {
    fn none(_: &Attempt) {}
    let skip = |_| ready(());
    let policy = || {
        RetryPolicy::new()
            .stop(stop::after_attempt(100))
            .sleep_async(skip)
    };
    let zero = std::hint::black_box(Duration::ZERO);
    assert!(lets_others_run(policy().wait(wait::none()), none).await);
    assert!(lets_others_run(policy().wait(zero), none).await);
    assert!(lets_others_run(policy().wait(wait::fixed(zero).full_jitter()), none).await);
    assert!(lets_others_run(policy().wait(wait::random(zero..zero)), none).await);
    assert!(lets_others_run(policy().wait(wait::incrementing(zero, zero)), none).await);
    assert!(lets_others_run(policy().wait(wait::exponential(zero)), none).await);
    assert!(lets_others_run(policy().wait(wait::exponential(HOUR).max(zero)), none).await);
    assert!(lets_others_run(policy().wait(wait::fibonacci(zero)), none).await);
    assert!(lets_others_run(policy().wait(wait::decorrelated(zero)), none).await);
    assert!(lets_others_run(policy().wait(wait::schedule([HOUR, zero])), none).await);
    assert!(lets_others_run(policy().wait(wait::none() + wait::none()), none).await);
    let chain = wait::chain((wait::fixed(HOUR), wait::none()));
    assert!(lets_others_run(policy().wait(chain), none).await);
    let boxed: Box<dyn Wait<Outcome> + Send + Sync> = Box::new(wait::none());
    assert!(lets_others_run(policy().wait(boxed), none).await);
    let own = |_: &RetryState<'_, Outcome>| Duration::ZERO;
    assert!(lets_others_run(policy().wait(own), none).await);
    // A pause that the attempt requests replaces that of the wait.
    let hour = || policy().wait(wait::fixed(HOUR));
    assert!(lets_others_run(hour(), Attempt::retry_now).await);
    // Zero requests nothing, so that the wait decides, and the sleeper is called.
    assert!(!lets_others_run(hour(), |at| at.retry_after(Duration::ZERO)).await);
    let in_case = |wait| hour().case(when::any_failure(), stop::never(), wait);
    assert!(lets_others_run(in_case(wait::none()), none).await);
    // A sleeper that never waits blocks the thread by itself.
    assert!(!lets_others_run(hour(), none).await);
    // The same holds for a wait whose pauses happen to be zero.
    let often_zero = wait::fixed(Duration::from_nanos(1)).full_jitter();
    assert!(!lets_others_run(policy().wait(often_zero), none).await);
    assert!(!lets_others_run(in_case(often_zero), none).await);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_stops_at_once() {
    let attempts = AtomicU32::new(0);
    let policy = RetryPolicy::new()
        .stop(stop::never())
        .wait(wait::fixed(SECOND));
    let call = policy.run_async(|| async {
        attempts.fetch_add(1, Ordering::Relaxed);
        Outcome::Err("busy")
    });
    let cut = tokio::time::timeout(secs(2.5), call).await;
    assert!(cut.is_err());
    sleep(HOUR).await;
    assert_eq!(attempts.into_inner(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_under_way_is_dropped_with_its_call() {
    struct Permit<'a>(&'a Cell<u32>);
    impl Drop for Permit<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let returned = Cell::new(0);
    let policy = RetryPolicy::new();
    let call = policy.run_async(|| async {
        let _permit = Permit(&returned);
        pending::<Outcome>().await
    });
    assert!(tokio::time::timeout(SECOND, call).await.is_err());
    assert_eq!(returned.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_before_a_pause_of_zero_is_that_of_an_attempt_that_a_token_cuts() {
    let token = CancelToken::new();
    let policy = RetryPolicy::new()
        .stop(stop::cancelled(&token).abort_attempt())
        .wait(wait::none())
        .interrupt(|_: Interrupt| Err("cut"));
    let mut attempts = 0;
    let outcome = policy.run_async(|| {
        attempts += 1;
        let (first, token) = (attempts == 1, &token);
        async move {
            if !first {
                token.cancel();
                pending::<()>().await;
            }
            Outcome::Err("busy")
        }
    });
    assert_eq!(outcome.await, Err("busy"));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_has_ended_before_callbacks_hear_of_it() {
    struct Connection<'a>(&'a AtomicU32);
    impl Drop for Connection<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (closed, told) = (AtomicU32::new(0), Cell::new(0));
    let policy = RetryPolicy::new()
        .deadline(SECOND)
        .on_failure(|_: &RetryState<'_, Option<u8>>| told.set(closed.load(Ordering::Relaxed)));
    let call = policy.run_async(|| {
        let connection = Connection(&closed);
        async move {
            let _connection = connection;
            pending::<Option<u8>>().await
        }
    });
    assert_eq!(call.await, None);
    assert_eq!(told.get(), 1);
}

#[test]
fn a_call_that_is_over_is_not_begun_again() {
    let attempts = Cell::new(0);
    let policy = RetryPolicy::new();
    let mut call = pin!(policy.run_async(|| {
        attempts.set(attempts.get() + 1);
        ready(Outcome::Ok(1))
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_ready());
    let again = std::panic::AssertUnwindSafe(|| call.as_mut().poll(&mut cx).is_ready());
    assert!(
        std::panic::catch_unwind(again).is_err(),
        "as with any `async fn`"
    );
    assert_eq!(attempts.get(), 1);
}

/// Returns a shared policy. Such policies are functions, and their result keeps the future `Send`.
fn shared<T>(attempts: u32) -> impl Policy<Result<T, &'static str>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(attempts))
        .wait(wait::exponential(SECOND).full_jitter())
        .case(
            when::err(|e: &&str| *e == "limited"),
            stop::after_attempt(2),
            wait::fixed(SECOND),
        )
}

#[test]
fn the_future_is_send_behind_an_opaque_policy() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let policy = shared(5);
    drop(is_send(policy.run_async(|| async { Outcome::Ok(1) })));
    drop(is_send(policy.report_async(
        |at: Arc<Attempt>| async move {
            tokio::task::yield_now().await;
            Outcome::Ok(at.number())
        },
    )));
    // A policy in a spawned `async fn` works too.
    drop(is_send(async {
        shared(5).run_async(|| async { Outcome::Ok(1) }).await
    }));
}

#[tokio::test(start_paused = true)]
async fn calls_can_be_spawned() {
    let call = tokio::spawn(async {
        let policy = shared(5);
        policy.run_async(|| async { Outcome::Err("busy") }).await
    });
    assert_eq!(call.await.unwrap(), Err("busy"));
}

#[tokio::test(start_paused = true)]
async fn bodies_may_borrow_and_change_what_is_around_them() {
    let text = String::from("hello");
    let mut calls = 0;
    let policy = RetryPolicy::new().wait(wait::none());
    let call = policy.run_async(|| {
        calls += 1;
        let (calls, text) = (calls, &text);
        async move {
            if calls < 3 {
                Err("busy")
            } else {
                Ok(text.len())
            }
        }
    });
    assert_eq!(call.await, Ok(5));
    assert_eq!(calls, 3);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_body_propagates() {
    let policy = RetryPolicy::new().stop(stop::never());
    let call = tokio::spawn(async move {
        let call = policy.run_async(|| async { if true { panic!("bug") } else { Outcome::Ok(1) } });
        call.await
    });
    assert!(call.await.unwrap_err().is_panic());
}

/// Reads the pause before, as `decorrelated` does, and says so by no method of its own.
struct Longer;

impl Wait<Outcome> for Longer {
    fn pause(&self, state: &RetryState<'_, Outcome>) -> Duration {
        state.previous_pause() + SECOND
    }
}

/// The pauses of a call, kept where nothing else needs the history, and where a token or a guard does.
#[tokio::test(start_paused = true)]
async fn an_async_call_remembers_what_its_strategies_read() {
    async fn fails() -> Outcome {
        Err("busy")
    }
    let token = CancelToken::new();
    let expected = [secs(1.0), secs(2.0), secs(3.0), secs(4.0)];
    let long = || stop::stop_when(|p| p.idle_for() >= secs(10.0));
    let plain = Recorder::new();
    let policy = RetryPolicy::new().stop(long()).wait(Longer);
    let policy = policy.before_sleep(|s: &RetryState<'_, Outcome>| plain.push(s.pause().unwrap()));
    assert_eq!(policy.run_async(fails).await, Err("busy"));
    assert_eq!(plain.items(), expected);

    let began = Instant::now();
    let policy = RetryPolicy::new().stop(long()).wait(Longer);
    assert_eq!(policy.run_async(fails).await, Err("busy"));
    assert_eq!(began.elapsed(), secs(10.0), "without a callback");

    let began = Instant::now();
    let policy = RetryPolicy::new().stop(long() | stop::cancelled(&token));
    let policy = policy.wait(Longer).deadline(HOUR);
    let policy = policy.interrupt(|_| Outcome::Err("cut"));
    assert_eq!(policy.run_async(fails).await, Err("busy"));
    assert_eq!(began.elapsed(), secs(10.0), "with a token and a guard");

    let began = Instant::now();
    let shared = RetryPolicy::new().stop(long()).wait(Longer).boxed();
    assert_eq!(shared.run_async(fails).await, Err("busy"));
    assert_eq!(began.elapsed(), secs(10.0), "behind a box");
}

/// A pause of no length is a yield to the runtime, after which no attempt begins.
#[tokio::test]
async fn a_token_that_comes_before_a_yield_ends_the_call() {
    for aborts in [false, true] {
        let (token, attempts) = (CancelToken::new(), Cell::new(0));
        let fails = || {
            attempts.set(attempts.get() + 1);
            Err::<(), _>(io::Error::from(io::ErrorKind::ResourceBusy))
        };
        let cancel = |_: &RetryState<'_, io::Result<()>>| token.cancel();
        let stop = || stop::cancelled(&token);
        let outcome = match aborts {
            false => {
                let policy = RetryPolicy::new().stop(stop()).wait(wait::none());
                policy
                    .before_sleep(cancel)
                    .run_async(async || fails())
                    .await
            }
            true => {
                let policy = RetryPolicy::new().stop(stop().abort_attempt());
                let policy = policy.wait(wait::none()).before_sleep(cancel);
                policy.run_async(async || fails()).await
            }
        };
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        assert_eq!(attempts.get(), 1, "{aborts}");
    }
}
