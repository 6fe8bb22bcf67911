//! Copies of slow attempts: the winner, the start of the next copy, and the end of the losers.
#![cfg(feature = "tokio")]

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::common::{Outcome, SECOND, millis};
use persevere_core::hedge::{self, Hedge, Pace, Settings};
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// A log of the times at which each copy was started and dropped, counted from its creation.
struct Log {
    began: Instant,
    started: RefCell<Vec<Duration>>,
    dropped: RefCell<Vec<(usize, Duration)>>,
}

impl Log {
    fn new() -> Self {
        Log {
            began: Instant::now(),
            started: RefCell::default(),
            dropped: RefCell::default(),
        }
    }

    /// Starts the copies of a script one after the other. An entry is a copy's duration and its outcome.
    fn copies<'a>(&'a self, script: &'a [(u64, Outcome)]) -> impl FnMut() -> Attempt<'a> {
        move || {
            let copy = self.start();
            let (time, outcome) = script[copy.number];
            Box::pin(async move {
                let _copy = copy;
                if time > 0 {
                    sleep(millis(time)).await;
                }
                outcome
            })
        }
    }

    fn start(&self) -> Running<'_> {
        let mut started = self.started.borrow_mut();
        started.push(self.began.elapsed());
        Running {
            number: started.len() - 1,
            log: self,
        }
    }

    fn started(&self) -> Vec<u64> {
        let started = self.started.borrow();
        started.iter().map(|at| at.as_millis() as u64).collect()
    }

    fn dropped(&self) -> Vec<(usize, u64)> {
        let dropped = self.dropped.borrow();
        dropped
            .iter()
            .map(|(copy, at)| (*copy, at.as_millis() as u64))
            .collect()
    }

    fn elapsed(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

type Attempt<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A live copy.
struct Running<'a> {
    number: usize,
    log: &'a Log,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let at = self.log.began.elapsed();
        self.log.dropped.borrow_mut().push((self.number, at));
    }
}

/// Returns whether an outcome is final. `busy` alone is retryable.
fn is_final(outcome: &Outcome) -> bool {
    *outcome != Err("busy")
}

const AFTER: Hedge = hedge::delay(Duration::from_millis(10));

/// Races the copies of the script against each other. Each may be started.
async fn race(hedge: Hedge<impl Pace>, log: &Log, script: &[(u64, Outcome)]) -> Outcome {
    hedge::race4(hedge, log.copies(script), sleep, || true, is_final, now).await
}

#[tokio::test(start_paused = true)]
async fn a_fast_attempt_is_not_copied() {
    let log = Log::new();
    assert_eq!(race(AFTER, &log, &[(9, Ok(1))]).await, Ok(1));
    assert_eq!(log.started(), [0]);
    assert_eq!(log.elapsed(), 9);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_ready_needs_no_timer_and_no_leave() {
    let race = hedge::race2(
        AFTER,
        || async { Outcome::Ok(1) },
        |_| async { panic!("a timer was asked for") },
        || panic!("a copy was paid for"),
        is_final,
        || panic!("the clock was read"),
    );
    assert_eq!(race.await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn the_copy_of_a_slow_attempt_wins() {
    let log = Log::new();
    let outcome = race(AFTER, &log, &[(60_000, Ok(1)), (5, Ok(2))]).await;
    assert_eq!(outcome, Ok(2));
    assert_eq!(log.started(), [0, 10]);
    assert_eq!(log.elapsed(), 15);
    // The winner ends, then the loser, both before the race has returned.
    assert_eq!(log.dropped(), [(1, 15), (0, 15)]);
}

#[tokio::test(start_paused = true)]
async fn the_losers_are_dropped_before_the_race_is() {
    let log = Log::new();
    let script = [(60_000, Ok(1)), (60_000, Ok(2)), (5, Ok(3))];
    let hedge = AFTER.copies(3);
    let race = hedge::race3(hedge, log.copies(&script), sleep, || true, is_final, now);
    let mut race = pin!(race);
    assert_eq!(race.as_mut().await, Ok(3));
    assert_eq!(log.dropped(), [(2, 25), (0, 25), (1, 25)]);
}

#[tokio::test(start_paused = true)]
async fn the_attempt_itself_may_still_win() {
    let log = Log::new();
    let outcome = race(AFTER.copies(3), &log, &[(12, Ok(1)), (5, Ok(2))]).await;
    assert_eq!(outcome, Ok(1));
    assert_eq!(log.started(), [0, 10]);
    assert_eq!(log.dropped(), [(0, 12), (1, 12)]);
}

#[tokio::test(start_paused = true)]
async fn a_final_failure_ends_all() {
    let log = Log::new();
    let script = [(60_000, Ok(1)), (60_000, Ok(2)), (5, Err("denied"))];
    assert_eq!(race(AFTER.copies(4), &log, &script).await, Err("denied"));
    assert_eq!(log.started(), [0, 10, 20]);
    assert_eq!(log.elapsed(), 25);
    assert_eq!(log.dropped(), [(2, 25), (0, 25), (1, 25)]);
}

#[tokio::test(start_paused = true)]
async fn a_retryable_failure_starts_the_next_copy_at_once() {
    let log = Log::new();
    let script = [(4, Err("busy")), (60_000, Ok(2)), (5, Ok(3))];
    assert_eq!(race(AFTER.copies(3), &log, &script).await, Ok(3));
    // The delay before the third counts from the second.
    assert_eq!(log.started(), [0, 4, 14]);
    assert_eq!(log.elapsed(), 19);
}

#[tokio::test(start_paused = true)]
async fn a_retryable_failure_waits_for_the_copies_that_run() {
    let log = Log::new();
    let script = [(30, Ok(1)), (5, Err("busy"))];
    assert_eq!(race(AFTER, &log, &script).await, Ok(1));
    assert_eq!(log.dropped(), [(1, 15), (0, 30)]);
}

#[tokio::test(start_paused = true)]
async fn when_all_fail_the_last_outcome_remains() {
    let log = Log::new();
    let retryable = |outcome: &Outcome| outcome.is_ok();
    let script = [(30, Err("first")), (25, Err("second")), (5, Err("third"))];
    let hedge = AFTER.copies(3);
    let race = hedge::race3(hedge, log.copies(&script), sleep, || true, retryable, now);
    assert_eq!(race.await, Err("second"));
    assert_eq!(log.started(), [0, 10, 20]);
    assert_eq!(log.elapsed(), 35);
}

#[tokio::test(start_paused = true)]
async fn there_are_no_more_copies_than_asked_for() {
    for copies in 2..=4 {
        let log = Log::new();
        let script = [(50, Ok(1)), (60, Ok(2)), (60, Ok(3)), (60, Ok(4))];
        let hedge = Settings::delay(millis(10)).copies(copies).build().unwrap();
        assert_eq!(race(hedge, &log, &script).await, Ok(1));
        assert_eq!(log.started(), [0, 10, 20, 30][..copies as usize]);
    }
}

#[tokio::test(start_paused = true)]
async fn there_are_no_more_copies_than_slots() {
    let log = Log::new();
    let script = [(50, Ok(1)), (60, Ok(2)), (60, Ok(3))];
    let hedge = AFTER.copies(4);
    let race = hedge::race2(hedge, log.copies(&script), sleep, || true, is_final, now);
    assert_eq!(race.await, Ok(1));
    assert_eq!(log.started(), [0, 10]);
}

#[tokio::test(start_paused = true)]
async fn without_leave_the_race_goes_on_with_what_runs() {
    let log = Log::new();
    let asked = Cell::new(0);
    let may_copy = || {
        asked.set(asked.get() + 1);
        asked.get() < 2
    };
    let script = [(50, Ok(1)), (25, Err("busy"))];
    let hedge = AFTER.copies(4);
    let race = hedge::race4(hedge, log.copies(&script), sleep, may_copy, is_final, now);
    assert_eq!(race.await, Ok(1));
    assert_eq!(log.started(), [0, 10]);
    // One refusal is enough: the failure of the second copy asks for no further one.
    assert_eq!(asked.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_leave_for_a_copy_is_the_outcome() {
    let log = Log::new();
    let script = [(4, Err("busy"))];
    let race = hedge::race2(AFTER, log.copies(&script), sleep, || false, is_final, now);
    assert_eq!(race.await, Err("busy"));
    assert_eq!(log.elapsed(), 4);
}

#[tokio::test(start_paused = true)]
async fn copies_that_fail_together_are_followed_by_as_many() {
    let log = Log::new();
    let script = [(15, Err("busy")), (5, Err("busy")), (60, Ok(3)), (5, Ok(4))];
    assert_eq!(race(AFTER.copies(4), &log, &script).await, Ok(4));
    assert_eq!(log.started(), [0, 10, 15, 15]);
}

/// Returns a future that is pending for a number of polls, as an attempt or a timer that needs no runtime.
fn polls<T>(mut times: u32, value: T) -> impl Future<Output = T> {
    let mut value = Some(value);
    poll_fn(move |cx| {
        if times == 0 {
            return Poll::Ready(value.take().expect("polled once after it was over"));
        }
        times -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

/// A counter of live copies.
struct Alive<'a>(&'a Cell<i32>, &'a Cell<i32>);

impl<'a> Alive<'a> {
    fn new(made: &'a Cell<i32>, dropped: &'a Cell<i32>) -> Self {
        made.set(made.get() + 1);
        Alive(made, dropped)
    }
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.1.set(self.1.get() + 1);
        assert!(self.1 <= self.0, "dropped twice");
    }
}

#[test]
fn a_race_dropped_anywhere_drops_every_copy_once() {
    let mut ended = false;
    for dropped_after in 0.. {
        let (made, dropped) = (Cell::new(0), Cell::new(0));
        let make = || {
            let copy = Alive::new(&made, &dropped);
            let (time, outcome) = [(5, Err("busy")), (20, Ok(2)), (3, Err("busy")), (30, Ok(4))]
                [made.get() as usize - 1];
            async move {
                let _copy = copy;
                polls(time, ()).await;
                Outcome::from(outcome)
            }
        };
        let timer = |_| polls(2, ());
        let mut race = Box::pin(hedge::race4(
            AFTER.copies(4),
            make,
            timer,
            || true,
            is_final,
            now,
        ));
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..dropped_after {
            ended = race.as_mut().poll(&mut cx).is_ready();
        }
        assert!(ended || made.get() - dropped.get() <= 4);
        drop(race);
        assert_eq!(made.get(), dropped.get(), "after {dropped_after} polls");
        if ended {
            assert_eq!(made.get(), 4, "all of them have run");
            return;
        }
    }
}

#[test]
fn a_race_is_as_large_as_its_parts() {
    async fn attempt() -> Outcome {
        let kept = [0u8; 100];
        polls(1, ()).await;
        Ok(kept.len() as u32)
    }
    fn size<F: Future>(_: fn() -> F) -> usize {
        size_of::<Option<F>>()
    }
    let timer = size_of::<Option<tokio::time::Sleep>>();
    let race = hedge::race2(AFTER, attempt, sleep, || true, is_final, now);
    // The delay, two counts, and their padding. `attempt` and `sleep` take no room.
    assert!(size_of_val(&race) <= 2 * size(attempt) + timer + 24);
}

#[test]
fn a_race_can_change_threads_if_its_parts_can() {
    fn sent<T: Send>(_: T) {}
    let latency = hedge::Latency::new();
    let attempt = || async { Outcome::Ok(1) };
    let by_latency = hedge::quantile(&latency, 0.5);
    sent(hedge::race4(
        by_latency,
        attempt,
        sleep,
        || true,
        is_final,
        now,
    ));
    // The outcome is never kept, so it need not be `Send`.
    let attempt = || async { std::rc::Rc::new(1) };
    sent(hedge::race2(AFTER, attempt, sleep, || true, |_| true, now));
}

/// The result of a race, simulated millisecond by millisecond.
struct Simulated {
    /// The possible winners, which are several if they end at the same time.
    winners: Vec<usize>,
    elapsed: u64,
    started: Vec<u64>,
}

/// Simulates a race. `leave` is the number of copies after the first that may be started. The script contains
/// the duration of each copy and whether its outcome is final.
fn simulate(after: u64, copies: usize, leave: usize, script: &[(u64, bool)]) -> Simulated {
    let most = copies.min(leave + 1);
    let (mut started, mut running, mut next) = (vec![0], vec![0], after);
    let mut t = 0;
    loop {
        let over = |&copy: &usize| started[copy] + script[copy].0 == t;
        let (ended, going): (Vec<_>, Vec<_>) = running.iter().copied().partition(over);
        running = going;
        let winners: Vec<_> = ended
            .iter()
            .copied()
            .filter(|&copy| script[copy].1)
            .collect();
        let due = if ended.is_empty() {
            usize::from(t == next)
        } else {
            ended.len()
        };
        let due = due.min(most - started.len());
        let winners = match (winners.is_empty(), due, running.is_empty()) {
            (false, ..) => winners,
            (true, 0, true) => ended,
            _ => vec![],
        };
        if !winners.is_empty() {
            return Simulated {
                winners,
                elapsed: t,
                started,
            };
        }
        for _ in 0..due {
            running.push(started.len());
            started.push(t);
            next = t + after;
        }
        // A copy that was just started may be over already.
        if due == 0 {
            t += 1;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_race_goes_as_a_simulation_says(
        after in 1u64..20,
        copies in 2usize..=4,
        leave in 0usize..=4,
        script in proptest::collection::vec((0u64..40, any::<bool>()), 4),
    ) {
        let expected = simulate(after, copies, leave, &script);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let log = Log::new();
            let outcomes: Vec<_> = (0..4).map(|copy| (script[copy].0, Ok(copy as u32))).collect();
            let hedge = hedge::delay(millis(after)).copies(copies as u32);
            let may_copy = || log.started.borrow().len() <= leave;
            let is_final = |outcome: &Outcome| script[outcome.unwrap() as usize].1;
            let race = hedge::race4(hedge, log.copies(&outcomes), sleep, may_copy, is_final, now);
            let winner = race.await.unwrap() as usize;
            prop_assert!(expected.winners.contains(&winner), "{winner} won");
            prop_assert_eq!(log.elapsed(), expected.elapsed);
            prop_assert_eq!(log.started(), expected.started);
            prop_assert_eq!(log.dropped().len(), log.started().len());
            Ok(())
        })?;
    }
}

#[test]
fn values_that_can_only_be_a_mistake_are_refused() {
    use persevere_core::InvalidValue;
    let latency = hedge::Latency::new();
    assert_eq!(
        Settings::delay(Duration::ZERO).build(),
        Err(InvalidValue::ZeroDelay)
    );
    assert_eq!(Settings::delay(SECOND).build(), Ok(hedge::delay(SECOND)));
    for copies in [0, 1, 5, u32::MAX] {
        let settings = Settings::delay(SECOND).copies(copies);
        assert_eq!(settings.build(), Err(InvalidValue::Copies(copies)));
        let first = Settings::delay(Duration::ZERO).copies(copies).build();
        assert_eq!(first, Err(InvalidValue::ZeroDelay), "the first mistake");
    }
    for quantile in [0.0, 1.0, -0.5, 95.0, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = Settings::quantile(&latency, quantile).build().err();
        assert_eq!(refused, Some(InvalidValue::Quantile(quantile)));
    }
    let nan = Settings::quantile(&latency, f64::NAN).build().err();
    assert!(matches!(nan, Some(InvalidValue::Quantile(quantile)) if quantile.is_nan()));
    assert!(Settings::quantile(&latency, 0.999).build().is_ok());
}
