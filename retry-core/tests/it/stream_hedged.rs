//! Streams of policies that hedge: every opening is a race of its copies, and the first to give an item goes on.
#![cfg(all(feature = "stream", feature = "tokio"))]

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use persevere_core::breaker::State;
use persevere_core::hedge::{self, Hedge, Latency};
use persevere_core::{
    Bulkhead, CancelToken, CircuitBreaker, Interrupt, RateLimiter, RetryBudget, RetryPolicy,
    RetryStats, StopReason, stop, wait, when,
};
use proptest::prelude::*;
use tokio::time::{Instant, advance, sleep};

use crate::common::{HOUR, SECOND, millis};

const AFTER: Hedge = hedge::delay(Duration::from_millis(10));

const NEVER: u64 = u64::MAX;

/// The errors of a feed, and those that stand for an interrupt.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Busy,
    AtLast,
    Final,
    Cut(Interrupt),
}

impl From<Interrupt> for Told {
    fn from(interrupt: Interrupt) -> Self {
        Told::Cut(interrupt)
    }
}

type Outcome = Result<u32, Told>;

/// The items of an opening, each with the milliseconds before it, and at last its end: `NEVER` is silence.
type Script = &'static [(u64, Outcome)];

/// A source whose openings are by scripts, with a log in milliseconds.
struct Feed {
    began: Instant,
    scripts: Vec<Script>,
    /// The cursor of each opening, and its time.
    opened: RefCell<Vec<(u32, u64)>>,
    dropped: RefCell<Vec<u64>>,
}

impl Feed {
    fn new(scripts: &[Script]) -> Self {
        Feed {
            began: Instant::now(),
            scripts: scripts.to_vec(),
            opened: RefCell::default(),
            dropped: RefCell::default(),
        }
    }

    fn elapsed(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// Opens the next stream.
    fn open(&self, cursor: u32) -> impl Stream<Item = Outcome> {
        let mut opened = self.opened.borrow_mut();
        let script = self.scripts.get(opened.len()).copied().unwrap_or(&[]);
        opened.push((cursor, self.elapsed()));
        let running = Running(self);
        stream::unfold((0, running), move |(next, running)| async move {
            let (time, item) = *script.get(next)?;
            if time == NEVER {
                pending::<()>().await;
            }
            sleep(millis(time)).await;
            Some((item, (next + 1, running)))
        })
    }

    fn opened(&self) -> Vec<(u32, u64)> {
        self.opened.borrow().clone()
    }

    fn dropped(&self) -> Vec<u64> {
        self.dropped.borrow().clone()
    }
}

/// An opening that has not been dropped.
struct Running<'a>(&'a Feed);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.dropped.borrow_mut().push(self.0.elapsed());
    }
}

fn next(item: &u32) -> u32 {
    item + 1
}

type Retryable = when::OnErr<fn(&Told) -> bool>;

/// A policy that retries all errors but "final".
fn policy() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>, Retryable> {
    RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait::fixed(SECOND))
        .when(when::err(|error| *error != Told::Final))
}

const SILENT: Script = &[(NEVER, Ok(0))];

#[tokio::test(start_paused = true)]
async fn the_copy_of_a_slow_opening_wins_and_goes_on() {
    let feed = Feed::new(&[SILENT, &[(5, Ok(7)), (1000, Ok(8)), (0, Ok(9))]]);
    let policy = policy().hedge(AFTER);
    let mut items = pin!(policy.run_stream(7, |from| feed.open(from), next));
    assert_eq!(items.next().await, Some(Ok(7)));
    assert_eq!(feed.opened(), [(7, 0), (7, 10)]);
    assert_eq!(feed.dropped(), [15], "the other one");
    // It has no copies any more, however long it takes.
    assert_eq!(items.next().await, Some(Ok(8)));
    assert_eq!(items.next().await, Some(Ok(9)));
    assert_eq!(items.next().await, None);
    assert_eq!(items.next().await, None);
    assert_eq!((feed.opened().len(), feed.elapsed()), (2, 1015));
    assert_eq!(feed.dropped(), [15, 1015]);
}

#[tokio::test(start_paused = true)]
async fn a_quick_opening_has_no_copies() {
    let feed = Feed::new(&[&[(9, Ok(1)), (3_600_000, Ok(2))]]);
    let policy = policy().hedge(AFTER);
    let items: Vec<_> = policy
        .run_stream(0, |from| feed.open(from), next)
        .collect()
        .await;
    assert_eq!((items, feed.opened().len()), (vec![Ok(1), Ok(2)], 1));
}

#[tokio::test(start_paused = true)]
async fn there_are_as_many_copies_as_asked_for() {
    for copies in 2..=4 {
        let feed = Feed::new(&[&[(99, Ok(1))], SILENT, SILENT, SILENT, SILENT]);
        let policy = policy().hedge(AFTER.copies(copies));
        let items = policy.run_stream(0, |from| feed.open(from), next);
        assert_eq!(items.collect::<Vec<_>>().await, [Ok(1)]);
        let all = [(0, 0), (0, 10), (0, 20), (0, 30)];
        assert_eq!(feed.opened(), all[..copies as usize]);
        assert_eq!(feed.dropped().len(), copies as usize);
    }
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_fails_starts_the_next_one_at_once() {
    let feed = Feed::new(&[
        &[(3, Err(Told::Busy))],
        &[(4, Err(Told::Busy))],
        &[(5, Ok(0))],
    ]);
    let (stats, policy) = (RetryStats::new(), policy().hedge(AFTER.copies(3)));
    let policy = policy.stats(&stats);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0)]);
    assert_eq!(feed.opened(), [(0, 0), (0, 3), (0, 7)]);
    assert_eq!((stats.calls(), stats.attempts()), (1, 1), "one attempt");
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_loser_is_not_given() {
    let feed = Feed::new(&[&[(12, Err(Told::Busy))], &[(5, Ok(0)), (5, Ok(1))]]);
    let policy = policy().hedge(AFTER);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0), Ok(1)]);
    assert_eq!(feed.dropped(), [12, 20]);
}

#[tokio::test(start_paused = true)]
async fn an_opening_fails_when_all_its_copies_do() {
    let busy: Script = &[(20, Err(Told::Busy))];
    let feed = Feed::new(&[busy, busy, busy, &[(20, Err(Told::AtLast))]]);
    let (begun, failed) = (Cell::new(0), Cell::new(0));
    let policy = policy()
        .hedge(AFTER)
        .before(|_: &_| begun.set(begun.get() + 1))
        .after(|_: &_| failed.set(failed.get() + 1));
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Err(Told::AtLast)]);
    assert_eq!(feed.opened(), [(0, 0), (0, 10), (0, 1030), (0, 1040)]);
    assert_eq!(feed.dropped(), [20, 30, 1050, 1060]);
    assert_eq!((begun.get(), failed.get()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn the_predicate_is_asked_once_for_an_error() {
    let asked = Cell::new(0);
    let busy: Script = &[(0, Err(Told::Busy))];
    let feed = Feed::new(&[busy; 4]);
    let policy = policy().hedge(AFTER).when(when::err(|_: &Told| {
        asked.set(asked.get() + 1);
        true
    }));
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.count().await, 1);
    assert_eq!((feed.opened().len(), asked.get()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_final_wins_and_its_stream_goes_on() {
    let feed = Feed::new(&[SILENT, &[(5, Err(Told::Final)), (5, Ok(3))]]);
    let policy = policy().hedge(AFTER);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Err(Told::Final), Ok(3)]);
    assert_eq!(feed.dropped(), [15, 20]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_copy_is_the_end_of_the_stream() {
    let feed = Feed::new(&[SILENT, &[]]);
    let stats = RetryStats::new();
    let policy = policy().hedge(AFTER).stats(&stats);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.count().await, 0);
    assert_eq!(feed.dropped(), [10, 10]);
    assert_eq!((stats.calls(), stats.attempts()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_copy_of_an_endless_stream_is_a_failure() {
    let made = Cell::new(0);
    let feed = Feed::new(&[&[(3, Ok(0))], &[(1, Ok(1))], &[], &[], &[], &[]]);
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(2))
        .wait(wait::fixed(SECOND))
        .when(when::err(|_: &Told| {
            made.set(made.get() + 1);
            true
        }))
        .hedge(AFTER);
    let open = |from| feed.open(from);
    let items = policy.run_stream(0, open, next).endless();
    let ended = Told::Cut(Interrupt::StreamEnded);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0), Ok(1), Err(ended)]);
    // Two that broke after an item, and the race of the first that gave none.
    let times = [(0, 0), (1, 1003), (2, 2004), (2, 2004)];
    assert_eq!(feed.opened(), times);
    assert_eq!(made.get(), 4);
}

#[tokio::test(start_paused = true)]
async fn each_opening_is_a_race_of_its_own_at_its_cursor() {
    let feed = Feed::new(&[
        SILENT,
        &[(5, Ok(0)), (0, Ok(1)), (0, Err(Told::Busy))],
        SILENT,
        &[(5, Ok(2))],
    ]);
    let policy = policy().hedge(AFTER);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(feed.opened(), [(0, 0), (0, 10), (2, 1015), (2, 1025)]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_all_copies() {
    let feed = Feed::new(&[SILENT; 3]);
    let open = |from| feed.open(from);
    let policy = RetryPolicy::new()
        .hedge(AFTER.copies(3))
        .deadline(millis(25));
    let items = policy.run_stream(0, open, next);
    let late = Told::Cut(Interrupt::Deadline);
    assert_eq!(items.collect::<Vec<_>>().await, [Err(late)]);
    assert_eq!(feed.dropped(), [25, 25, 25]);

    // It goes on to bound the winner.
    let feed = Feed::new(&[SILENT, &[(5, Ok(0)), (NEVER, Ok(1))]]);
    let open = |from| feed.open(from);
    let items = policy.run_stream(0, open, next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0), Err(late)]);
    assert_eq!(feed.dropped(), [15, 25]);
}

/// A copy that is ready when it is polled next is too late after the deadline.
#[tokio::test(start_paused = true)]
async fn a_deadline_is_noticed_before_an_item() {
    let feed = Feed::new(&[&[(1, Ok(0))]]);
    let open = |from| feed.open(from);
    let policy = RetryPolicy::new().hedge(AFTER).deadline(SECOND);
    let mut items = pin!(policy.run_stream(0, open, next));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(items.as_mut().poll_next(&mut cx).is_pending());
    advance(SECOND).await;
    assert_eq!(
        items.next().await,
        Some(Err(Told::Cut(Interrupt::Deadline)))
    );
    assert_eq!(items.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn each_copy_has_the_timeouts_to_itself() {
    for idle in [false, true] {
        let feed = Feed::new(&[SILENT, SILENT, &[(0, Ok(0)), (60_000, Ok(1))]]);
        let open = |from| feed.open(from);
        let policy = RetryPolicy::new().wait(wait::fixed(SECOND)).hedge(AFTER);
        let items: Vec<_> = match idle {
            true => {
                let items = policy.run_stream(0, open, next);
                items.idle_timeout(millis(50)).take(1).collect().await
            }
            false => {
                let policy = policy.attempt_timeout(millis(50));
                policy.run_stream(0, open, next).collect().await
            }
        };
        assert_eq!(items[0], Ok(0));
        assert_eq!(feed.opened(), [(0, 0), (0, 10), (0, 1060)], "{idle}");
        assert_eq!(feed.dropped()[..2], [50, 60], "{idle}");
        // A timeout of attempts is for the first item alone.
        assert_eq!(items.len(), if idle { 1 } else { 2 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_winner_by_an_error_still_has_to_give_an_item() {
    let feed = Feed::new(&[
        SILENT,
        &[(5, Err(Told::Final)), (NEVER, Ok(0))],
        &[(5, Ok(9))],
    ]);
    let made = AtomicU32::new(0);
    let policy = policy()
        .hedge(AFTER)
        .attempt_timeout(millis(50))
        .interrupt(|interrupt| {
            assert_eq!(interrupt, Interrupt::AttemptTimeout);
            made.fetch_add(1, Ordering::Relaxed);
            Err(Told::Cut(Interrupt::AttemptTimeout))
        });
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Err(Told::Final), Ok(9)]);
    assert_eq!(feed.opened(), [(0, 0), (0, 10), (0, 1065)]);
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn the_winner_has_an_idle_timeout_as_any_stream() {
    let feed = Feed::new(&[
        SILENT,
        &[(5, Ok(0)), (40, Ok(1)), (NEVER, Ok(2))],
        &[(5, Ok(2))],
    ]);
    let open = |from| feed.open(from);
    let policy = RetryPolicy::new().wait(wait::fixed(SECOND)).hedge(AFTER);
    let items = policy.run_stream(0, open, next).idle_timeout(millis(50));
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(feed.opened(), [(0, 0), (0, 10), (2, 1105)]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_made_once_a_copy() {
    let made = AtomicU32::new(0);
    let feed = Feed::new(&[SILENT; 4]);
    let policy = policy()
        .hedge(AFTER)
        .attempt_timeout(millis(50))
        .interrupt(|_| {
            made.fetch_add(1, Ordering::Relaxed);
            Err(Told::Cut(Interrupt::AttemptTimeout))
        });
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(
        items.collect::<Vec<_>>().await,
        [Err(Told::Cut(Interrupt::AttemptTimeout))]
    );
    assert_eq!((feed.opened().len(), made.load(Ordering::Relaxed)), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_aborts_ends_all_copies() {
    let (token, feed) = (CancelToken::new(), Feed::new(&[SILENT; 3]));
    let reason = Cell::new(None);
    let policy = policy()
        .stop(stop::cancelled(&token).abort_attempt())
        .hedge(AFTER.copies(3))
        .on_failure(|state: &persevere_core::RetryState<'_, Outcome>| {
            reason.set(state.reason());
        });
    let items = policy.run_stream(0, |from| feed.open(from), next);
    let cancels = async {
        sleep(millis(25)).await;
        token.cancel();
    };
    let (items, ()) = tokio::join!(items.collect::<Vec<_>>(), cancels);
    assert_eq!(items, []);
    assert_eq!(feed.dropped(), [25, 25, 25]);
    assert_eq!(reason.get(), Some(StopReason::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn a_copy_draws_from_the_budget_as_that_of_a_call_does() {
    let budget = RetryBudget::total(1);
    let feed = Feed::new(&[&[(99, Ok(0))], SILENT, SILENT]);
    let policy = policy().hedge(AFTER.copies(3)).budget(&budget);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0)]);
    assert_eq!(feed.opened(), [(0, 0), (0, 10)]);
    assert_eq!((budget.granted(), budget.refused()), (1, 1));

    // A copy that lost is no longer in flight, however long the winner lives.
    let budget = RetryBudget::in_flight(1, 0.0);
    let feed = Feed::new(&[SILENT, &[(5, Ok(0)), (NEVER, Ok(1))]]);
    let policy = policy.budget(&budget);
    let mut items = pin!(policy.run_stream(0, |from| feed.open(from), next));
    assert_eq!(items.next().await, Some(Ok(0)));
    assert_eq!(budget.available(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_copy_takes_a_place_and_a_permit_and_losers_give_their_place_back() {
    let bulkhead = Bulkhead::new("feed", 3);
    let limiter = RateLimiter::new("feed").rate(1, HOUR).burst(10);
    let feed = Feed::new(&[SILENT, &[(15, Ok(0)), (NEVER, Ok(1))], SILENT, SILENT]);
    let policy = policy()
        .hedge(AFTER.copies(4))
        .bulkhead(&bulkhead)
        .rate_limiter(&limiter);
    let mut items = pin!(policy.run_stream(0, |from| feed.open(from), next));
    let looks = async {
        sleep(millis(24)).await;
        bulkhead.in_use()
    };
    let (first, in_race) = tokio::join!(items.next(), looks);
    assert_eq!((first, in_race), (Some(Ok(0)), 3));
    assert_eq!(bulkhead.in_use(), 1, "that of the winner");
    assert_eq!(feed.opened().len(), 3);
    let left = std::iter::from_fn(|| limiter.try_acquire().ok()).count();
    assert_eq!(left, 7);

    // Where no place is free no copy starts.
    let small = Bulkhead::new("small", 1);
    let feed = Feed::new(&[&[(99, Ok(0))], SILENT]);
    let policy = self::policy().hedge(AFTER).bulkhead(&small);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0)]);
    assert_eq!((feed.opened().len(), small.in_use()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_counts_openings_and_not_copies() {
    let breaker = CircuitBreaker::new("feed").consecutive(3).open_for(SECOND);
    let busy: Script = &[(0, Err(Told::Busy))];
    let feed = Feed::new(&[busy; 4]);
    let policy = policy().wait(wait::none()).hedge(AFTER).breaker(&breaker);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.count().await, 1);
    assert_eq!(feed.opened().len(), 4);
    assert_eq!(breaker.counts().failures, 2);

    // The probe of a half-open one is one opening.
    breaker.try_enter().unwrap().failure();
    assert_eq!(breaker.state(), State::Open);
    sleep(SECOND).await;
    let feed = Feed::new(&[&[(99, Ok(0))], SILENT]);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.collect::<Vec<_>>().await, [Ok(0)]);
    assert_eq!(feed.opened().len(), 1);
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn the_panic_of_a_copy_is_a_failure_of_the_opening() {
    let breaker = CircuitBreaker::new("feed").consecutive(1).open_for(SECOND);
    let opened = Cell::new(0);
    let policy = policy().hedge(AFTER).breaker(&breaker);
    let open = |_| {
        opened.set(opened.get() + 1);
        let panics = opened.get() == 2;
        stream::poll_fn(move |_| {
            assert!(!panics, "the second copy");
            Poll::<Option<Outcome>>::Pending
        })
    };
    let mut items = pin!(policy.run_stream(0, open, next));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(items.as_mut().poll_next(&mut cx).is_pending());
    advance(millis(10)).await;
    let polled = catch_unwind(AssertUnwindSafe(|| items.as_mut().poll_next(&mut cx)));
    assert!(polled.is_err());
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_by_quantile_learns_the_time_to_the_first_item() {
    static LATENCY: Latency = Latency::new();
    let policy = policy().hedge(hedge::quantile(&LATENCY, 0.9));
    for _ in 0..100 {
        let feed = Feed::new(&[&[(20, Ok(0)), (60_000, Ok(1))]]);
        let items = policy.run_stream(0, |from| feed.open(from), next);
        assert_eq!(items.count().await, 2);
    }
    let learned = LATENCY.quantile(0.9).unwrap();
    assert!(learned >= millis(20) && learned < millis(30), "{learned:?}");
    let feed = Feed::new(&[SILENT, &[(1, Ok(0))]]);
    let items = policy.run_stream(0, |from| feed.open(from), next);
    assert_eq!(items.count().await, 1);
    assert_eq!(feed.opened().len(), 2);
}

#[test]
fn it_is_send_where_its_parts_are() {
    fn is_send<T: Send>(_: T) {}
    let policy = Arc::new(
        RetryPolicy::new()
            .hedge(AFTER)
            .deadline(SECOND)
            .bulkhead(Arc::new(Bulkhead::new("feed", 1))),
    );
    let open = |from: u32| stream::iter([std::io::Result::Ok(from)]);
    is_send(policy.run_stream(0, open, next));
    is_send(policy.run_stream(0, open, next).idle_timeout(SECOND));
}

/// A drop after any number of polls gives everything back.
#[tokio::test(start_paused = true)]
async fn a_drop_at_any_poll_leaks_nothing() {
    for polls in 0.. {
        let bulkhead = Bulkhead::new("feed", 3);
        let budget = RetryBudget::in_flight(3, 0.0);
        let breaker = CircuitBreaker::new("feed").consecutive(9).open_for(SECOND);
        let late: Script = &[(25, Ok(0)), (5, Err(Told::Busy))];
        let feed = Feed::new(&[SILENT, late, SILENT, SILENT, &[(12, Ok(1))], SILENT]);
        let policy = policy()
            .hedge(AFTER.copies(3))
            .bulkhead(&bulkhead)
            .budget(&budget)
            .breaker(&breaker)
            .attempt_timeout(millis(100))
            .deadline(HOUR)
            .interrupt(|interrupt| Err(Told::Cut(interrupt)));
        let over = {
            let mut items = pin!(policy.run_stream(0, |from| feed.open(from), next));
            let mut cx = Context::from_waker(Waker::noop());
            let mut over = false;
            for _ in 0..polls {
                over = matches!(items.as_mut().poll_next(&mut cx), Poll::Ready(None));
                advance(millis(10)).await;
            }
            over
        };
        assert_eq!(feed.opened().len(), feed.dropped().len(), "{polls} polls");
        assert_eq!(
            (bulkhead.in_use(), budget.available()),
            (0, 3),
            "{polls} polls"
        );
        assert!(breaker.try_enter().is_ok(), "{polls} polls");
        if over {
            assert_eq!(feed.opened().len(), 6);
            return;
        }
    }
}

/// Two threads poll one after the other, in the race and after it.
#[test]
fn two_threads_poll_one_after_the_other() {
    let policy = RetryPolicy::new()
        .stop(stop::never())
        .wait(wait::none())
        .when(when::transient())
        .hedge(hedge::delay(Duration::from_nanos(1)))
        .deadline(HOUR)
        .sleep_async(|_| std::future::ready(()));
    // The first poll of each copy is pending; each opening gives two items and breaks.
    let open = |from: u32| {
        let mut polls = 0;
        stream::poll_fn(move |_| {
            polls += 1;
            match polls {
                1 => Poll::Pending,
                2 | 3 => Poll::Ready(Some(std::io::Result::Ok(from + polls - 2))),
                _ => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into()))),
            }
        })
    };
    let mut items = Box::pin(policy.run_stream(0, open, next));
    let mut seen = Vec::new();
    while seen.len() < 40 {
        let polled = std::thread::scope(|scope| {
            let polls = || {
                items
                    .as_mut()
                    .poll_next(&mut Context::from_waker(Waker::noop()))
            };
            scope.spawn(polls).join().unwrap()
        });
        if let Poll::Ready(item) = polled {
            seen.push(item.unwrap().unwrap());
        }
    }
    assert_eq!(seen, (0..40).collect::<Vec<_>>());
}

/// One opening: milliseconds to its first item, the number of items, and whether it breaks at its end.
fn opening() -> impl Strategy<Value = (u64, u32)> {
    (0_u64..40, 0_u32..4)
}

proptest! {
    /// Whatever the openings do, every item comes once and in order, and no more copies run than are allowed.
    #[test]
    fn no_item_is_lost_and_none_comes_twice(
        len in 0_u32..20,
        script in proptest::collection::vec(opening(), 0..30),
        copies in 2_u32..5,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (opened, running, most) = (Cell::new(0), Cell::new(0), Cell::new(0));
            let open = |from: u32| {
                let (first, items) = script.get(opened.get()).copied().unwrap_or((0, len));
                opened.set(opened.get() + 1);
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                let runs = Counted(&running);
                let until = len.min(from + items);
                let broken = (until < len).then_some(Err(Told::Busy));
                let given = stream::iter((from..until).map(Outcome::Ok).chain(broken));
                let first = stream::once(sleep(millis(first)));
                first.flat_map(move |()| given.clone()).map(move |item| {
                    let _ = &runs;
                    item
                })
            };
            let bulkhead = Bulkhead::new("feed", 9);
            let policy = policy().stop(stop::never()).hedge(AFTER.copies(copies)).bulkhead(&bulkhead);
            let items: Vec<_> = policy.run_stream(0, open, next).collect().await;
            prop_assert_eq!(items, (0..len).map(Ok).collect::<Vec<_>>());
            prop_assert!(most.get() <= copies);
            prop_assert_eq!((running.get(), bulkhead.in_use()), (0, 0));
            Ok(())
        })?;
    }
}

/// An opening that is counted until it is dropped.
struct Counted<'a>(&'a Cell<u32>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
