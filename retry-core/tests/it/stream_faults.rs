//! Streams in the hands of somebody who wants to break them.
#![cfg(all(feature = "stream", feature = "tokio", feature = "testing"))]

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use persevere_core::breaker::State;
use persevere_core::http::sse;
use persevere_core::{
    Bulkhead, CancelToken, CircuitBreaker, RetryBudget, RetryPolicy, hedge, stop, wait, when,
};
use tokio::time::sleep;

use crate::common::{HOUR, SECOND};

type Item = io::Result<u32>;

/// A cursor that counts signs of life.
#[derive(Clone, Default)]
struct Pings(Arc<AtomicU64>);

impl PartialEq for Pings {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn reset() -> Item {
    Err(io::ErrorKind::ConnectionReset.into())
}
fn forbidden() -> Item {
    Err(io::ErrorKind::PermissionDenied.into())
}
fn next(item: &u32) -> u32 {
    item + 1
}
fn policy() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>, when::OnTransient> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
        .when(when::transient())
}

/// The token aborts at any time, also a stream that was pending once and always has an item since.
#[tokio::test(start_paused = true)]
async fn a_token_aborts_a_stream_that_always_has_an_item() {
    let token = CancelToken::new();
    let policy = policy().stop(stop::never() | stop::cancelled(&token).abort_attempt());
    let open = |_| {
        stream::once(async {
            tokio::task::yield_now().await;
            Item::Ok(0)
        })
        .chain(stream::iter((1..1000).map(Ok)))
    };
    let mut s = pin!(policy.run_stream(0, open, next));
    assert_eq!(s.next().await.unwrap().unwrap(), 0);
    token.cancel();
    assert!(s.count().await < 10);
}

/// After a final error was given, a deadline must not give an older one.
#[tokio::test(start_paused = true)]
async fn a_deadline_gives_no_error_from_before_a_final_one() {
    let opened = Cell::new(0);
    let open = |_: u32| {
        opened.set(opened.get() + 1);
        match opened.get() {
            1 => stream::iter([reset()]).boxed_local(),
            _ => stream::iter([forbidden()])
                .chain(stream::pending())
                .boxed_local(),
        }
    };
    let policy = policy().deadline(10 * SECOND);
    let items: Vec<_> = policy.run_stream(0, open, next).collect().await;
    let kinds: Vec<_> = items
        .iter()
        .map(|i| i.as_ref().unwrap_err().kind())
        .collect();
    assert_ne!(
        kinds,
        [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ConnectionReset
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_aborted_stream_gives_no_error_from_before_a_final_one() {
    let opened = Cell::new(0);
    let token = CancelToken::new();
    let open = |_: u32| {
        opened.set(opened.get() + 1);
        match opened.get() {
            1 => stream::iter([reset()]).boxed_local(),
            _ => stream::iter([forbidden()])
                .chain(stream::pending())
                .boxed_local(),
        }
    };
    let policy = policy().stop(stop::never() | stop::cancelled(&token).abort_attempt());
    let mut s = pin!(policy.run_stream(0, open, next));
    assert_eq!(
        s.next().await.unwrap().unwrap_err().kind(),
        io::ErrorKind::PermissionDenied
    );
    token.cancel();
    let last = s.next().await;
    assert!(last.is_none(), "{last:?}");
}

struct Held<'a>(&'a Bulkhead, &'a Cell<Option<u32>>);
impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.1.set(Some(self.0.in_use()));
    }
}
/// Drop: the opened stream is dropped before its place is given back.
#[tokio::test(start_paused = true)]
async fn an_opened_stream_is_dropped_before_its_place_is_given_back() {
    let bulkhead = Bulkhead::new("feed", 1);
    let seen = Cell::new(None);
    let policy = policy().bulkhead(&bulkhead);
    let open = |from: u32| {
        let held = Held(&bulkhead, &seen);
        stream::iter([Item::Ok(from)])
            .chain(stream::pending())
            .map(move |item| {
                let _ = &held;
                item
            })
    };
    {
        let mut s = pin!(policy.run_stream(0, open, next));
        s.next().await.unwrap().unwrap();
        assert_eq!(bulkhead.in_use(), 1);
    }
    assert_eq!(
        seen.get(),
        Some(1),
        "the place was free while the stream was still open"
    );
}
#[tokio::test(start_paused = true)]
async fn an_attempt_is_dropped_before_its_place_is_given_back() {
    let bulkhead = Bulkhead::new("feed", 1);
    let seen = Cell::new(None);
    let policy = policy().bulkhead(&bulkhead);
    {
        let mut s = pin!(policy.run_async(|| {
            let held = Held(&bulkhead, &seen);
            async move {
                std::future::pending::<()>().await;
                drop(held);
                Item::Ok(1)
            }
        }));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(s.as_mut().poll(&mut cx).is_pending());
        assert_eq!(bulkhead.in_use(), 1);
    }
    assert_eq!(
        seen.get(),
        Some(1),
        "the place was free while the attempt was still there"
    );
}

/// A slow consumer is no silence of the stream.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_no_silence() {
    let opened = Cell::new(0);
    let open = |from: u32| {
        opened.set(opened.get() + 1);
        stream::unfold(from, |item| async move {
            sleep(SECOND).await;
            (item < 5).then_some((Item::Ok(item), item + 1))
        })
    };
    let policy = policy();
    let mut s = pin!(policy.run_stream(0, open, next).idle_timeout(30 * SECOND));
    while let Some(item) = s.next().await {
        item.unwrap();
        sleep(60 * SECOND).await;
    }
    assert_eq!(opened.get(), 1);
}

/// Comments that come without a pause are read a few at a time, and other tasks and timers come in between.
#[test]
fn comments_without_a_pause_let_others_in() {
    let given = AtomicU64::new(0);
    let body = stream::repeat(":\n").map(|comment| {
        given.fetch_add(1, Ordering::Relaxed);
        io::Result::Ok(comment)
    });
    let mut events = pin!(sse::Cursor::new().events(body));
    let mut context = Context::from_waker(Waker::noop());
    assert!(events.as_mut().poll_next(&mut context).is_pending());
    let read = given.load(Ordering::Relaxed);
    assert!((1..1000).contains(&read), "{read}");
    assert!(events.as_mut().poll_next(&mut context).is_pending());
    assert_eq!(given.load(Ordering::Relaxed), 2 * read);
}

/// Heartbeats hold off the idle timeout of a hedged opening too.
#[tokio::test(start_paused = true)]
async fn heartbeats_hold_off_the_idle_timeout_of_a_hedged_opening() {
    let opened = Cell::new(0);
    let open = |pings: Pings| {
        opened.set(opened.get() + 1);
        stream::iter(1..)
            .then(|tick: u32| async move {
                sleep(10 * SECOND).await;
                tick
            })
            .filter_map(move |tick| {
                pings.0.fetch_add(1, Ordering::Relaxed);
                async move { (tick % 6 == 0).then_some(Item::Ok(tick)) }
            })
    };
    let policy = policy().hedge(hedge::delay(HOUR));
    let pings = Pings::default();
    let s = policy
        .run_stream(pings.clone(), open, |_| pings.clone())
        .heartbeats(|pings| pings.0.load(Ordering::Relaxed))
        .idle_timeout(15 * SECOND);
    let first = pin!(s).next().await.unwrap();
    assert_eq!((first.ok(), opened.get()), (Some(6), 1));
}

/// zero idle and the budget of tokio.
#[tokio::test]
async fn a_stream_without_budget_is_not_idle() {
    let opened = Cell::new(0);
    let open = |from: u32| {
        opened.set(opened.get() + 1);
        let (tx, mut rx) = tokio::sync::mpsc::channel(1000);
        for item in from..500 {
            tx.try_send(Item::Ok(item)).unwrap();
        }
        drop(tx);
        stream::poll_fn(move |cx| rx.poll_recv(cx))
    };
    let policy = policy().wait(wait::none());
    let n = policy
        .run_stream(0, open, next)
        .idle_timeout(Duration::ZERO)
        .count()
        .await;
    assert_eq!((n, opened.get()), (500, 1));
}

/// A full channel, a busy consumer without await, and an idle timeout that is over.
#[tokio::test(start_paused = true)]
async fn a_stream_without_budget_is_not_idle_after_a_slow_reader() {
    let opened = Cell::new(0);
    let open = |from: u32| {
        opened.set(opened.get() + 1);
        let (tx, mut rx) = tokio::sync::mpsc::channel(1000);
        for item in from..500 {
            tx.try_send(Item::Ok(item)).unwrap();
        }
        drop(tx);
        stream::poll_fn(move |cx| rx.poll_recv(cx))
    };
    let policy = policy().wait(wait::none());
    let mut s = pin!(policy.run_stream(0, open, next).idle_timeout(SECOND));
    let mut n = 0;
    while let Some(item) = s.next().await {
        item.unwrap();
        n += 1;
        tokio::time::advance(2 * SECOND).await;
        // the work of the consumer in between uses the task's budget up
        for _ in 0..200 {
            let (tx, mut rx) = tokio::sync::mpsc::channel::<()>(1);
            tx.try_send(()).unwrap();
            let mut cx = Context::from_waker(Waker::noop());
            let _ = rx.poll_recv(&mut cx);
        }
    }
    assert_eq!((n, opened.get()), (500, 1));
}

/// final errors are no silence.
#[tokio::test(start_paused = true)]
async fn final_errors_are_no_silence() {
    let opened = Cell::new(0);
    let open = |from: u32| {
        opened.set(opened.get() + 1);
        stream::iter(0..5).then(move |n| async move {
            sleep(20 * SECOND).await;
            if n == 4 { Ok(from) } else { forbidden() }
        })
    };
    let policy = policy();
    let s = policy.run_stream(0, open, next).idle_timeout(30 * SECOND);
    let _ = s.take(5).count().await;
    assert_eq!(opened.get(), 1);
}

/// An empty stream deposits as one with an item.
#[tokio::test(start_paused = true)]
async fn an_empty_stream_is_a_success_for_a_budget() {
    for full in [true, false] {
        static A: RetryBudget = RetryBudget::tokens(100);
        static B: RetryBudget = RetryBudget::tokens(100);
        let budget: &'static RetryBudget = if full { &A } else { &B };
        let policy = policy().budget(budget);
        let _ = policy
            .run_stream(0, |_| stream::iter([reset()]), next)
            .count()
            .await;
        let before = budget.available();
        for _ in 0..5 {
            let open = |from: u32| stream::iter(full.then_some(Item::Ok(from)));
            let _ = policy.run_stream(0, open, next).count().await;
        }
        assert!(budget.available() > before, "{full}");
    }
}

/// Half-open breaker whose probe is a silent stream.
#[tokio::test(start_paused = true)]
async fn a_silent_probe_is_taken_for_lost() {
    let breaker = CircuitBreaker::new("feed").consecutive(1).open_for(SECOND);
    breaker.try_enter().unwrap().failure();
    sleep(SECOND).await;
    let policy = policy().breaker(&breaker);
    let mut s = pin!(policy.run_stream(0, |_| stream::pending::<Item>(), next));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(s.as_mut().poll_next(&mut cx).is_pending());
    assert!(breaker.try_enter().is_err());
    sleep(2 * SECOND).await;
    assert!(breaker.try_enter().is_ok());
    assert_ne!(breaker.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_token_in_the_pause_gives_the_last_error() {
    // a final error, then a transient one, then cancelled in the pause.
    let token = CancelToken::new();
    let policy = policy().stop(stop::never() | stop::cancelled(&token));
    let mut s = pin!(policy.run_stream(0, |_| stream::iter([forbidden(), reset()]), next));
    assert_eq!(
        s.next().await.unwrap().unwrap_err().kind(),
        io::ErrorKind::PermissionDenied
    );
    let (last, ()) = tokio::join!(s.next(), async {
        sleep(SECOND / 2).await;
        token.cancel();
    });
    assert_eq!(
        last.unwrap().unwrap_err().kind(),
        io::ErrorKind::ConnectionReset
    );
    assert!(s.next().await.is_none());
}

/// Interrupt of idle as the first: with attempt timeout of the policy and idle.
#[tokio::test(start_paused = true)]
async fn a_deadline_holds_beside_a_sleeper_that_never_wakes() {
    // A sleeper of the user's own that is late for ever.
    let policy = policy()
        .sleep_async(|_| std::future::pending::<()>())
        .attempt_timeout(SECOND)
        .deadline(10 * SECOND);
    let open = |from: u32| stream::iter([Item::Ok(from)]).chain(stream::pending());
    let s = policy.run_stream(0, open, next);
    let n = tokio::time::timeout(100 * SECOND, s.count()).await;
    assert_eq!(n.ok(), Some(2));
}

/// A sleeper that returns at once, as tests use one to skip pauses, beside an idle timeout: the task is woken for
/// ever, and a paused clock never advances.
#[tokio::test(start_paused = true)]
async fn a_sleeper_that_returns_at_once_does_not_keep_an_idle_stream_awake() {
    let policy = policy().sleep_async(|_| std::future::ready(()));
    let open = |from: u32| {
        stream::once(async move {
            sleep(10 * SECOND).await;
            Item::Ok(from)
        })
    };
    let polls = Cell::new(0u32);
    let mut s = pin!(policy.run_stream(0, open, next).idle_timeout(30 * SECOND));
    let first = std::future::poll_fn(|cx| {
        polls.set(polls.get() + 1);
        if polls.get() > 100_000 {
            return Poll::Ready(None);
        }
        s.as_mut().poll_next(cx)
    })
    .await;
    assert!(
        matches!(first, Some(Ok(0))),
        "{first:?} after {} polls",
        polls.get()
    );
}

/// Panics anywhere leak nothing.
#[tokio::test(start_paused = true)]
async fn a_panic_leaves_nothing_behind() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    for place in 0..6 {
        for hedged in [false, true] {
            let bulkhead = Bulkhead::new("feed", 2);
            let breaker = CircuitBreaker::new("feed")
                .consecutive(100)
                .open_for(SECOND);
            let budget = RetryBudget::tokens(1000);
            let boom = |at: u32| {
                if at == place {
                    panic!("boom")
                }
            };
            let policy = RetryPolicy::new()
                .wait(wait::none())
                .stop(stop::after_attempt(5))
                .when(when::err(|_: &io::Error| {
                    boom(2);
                    true
                }))
                .before(|s: &persevere_core::RetryState<'_, Item>| {
                    if s.attempt() == 2 || place == 5 {
                        boom(3);
                        boom(5)
                    }
                })
                .before_sleep(|_: &persevere_core::RetryState<'_, Item>| boom(4))
                .bulkhead(&bulkhead)
                .breaker(&breaker)
                .budget(&budget);
            let opened = Cell::new(0);
            let open = |from: u32| {
                opened.set(opened.get() + 1);
                if opened.get() == 2 {
                    boom(0)
                }
                stream::iter([Item::Ok(from), reset()])
            };
            let after = |item: &u32| {
                boom(1);
                item + 1
            };
            let run = |s: &mut dyn FnMut(&mut Context<'_>) -> Poll<Option<Item>>| {
                let mut cx = Context::from_waker(Waker::noop());
                for _ in 0..20 {
                    let _ = catch_unwind(AssertUnwindSafe(|| s(&mut cx)));
                }
            };
            if hedged {
                let policy = policy.hedge(hedge::delay(HOUR));
                let mut s = Box::pin(policy.run_stream(0, open, after));
                run(&mut |cx| s.as_mut().poll_next(cx));
                drop(s);
            } else {
                let mut s = Box::pin(policy.run_stream(0, open, after));
                run(&mut |cx| s.as_mut().poll_next(cx));
                drop(s);
            }
            assert_eq!(
                (bulkhead.in_use(), bulkhead.in_line()),
                (0, 0),
                "{place} {hedged}"
            );
        }
    }
}

/// `attempt_timeout` cuts an opening with heartbeats; such a one did not hold.
#[tokio::test(start_paused = true)]
async fn an_opening_that_its_attempt_timeout_cut_did_not_hold() {
    let opened = Cell::new(0);
    let pings = Pings::default();
    let open = |pings: Pings| {
        opened.set(opened.get() + 1);
        let over = opened.get() > 20;
        stream::iter(1..)
            .then(|tick: u32| async move {
                sleep(10 * SECOND).await;
                tick
            })
            .filter_map(move |_| {
                pings.0.fetch_add(1, Ordering::Relaxed);
                async move { over.then(forbidden) }
            })
    };
    let policy = policy()
        .attempt_timeout(60 * SECOND)
        .reset_after(30 * SECOND);
    let s = policy
        .run_stream(pings.clone(), open, |_| pings.clone())
        .heartbeats(|pings| pings.0.load(Ordering::Relaxed))
        .idle_timeout(15 * SECOND);
    let _ = pin!(s).next().await;
    assert_eq!(opened.get(), 3);
}

/// The first value decides for the breaker, though a stream gives it as it is.
#[tokio::test(start_paused = true)]
async fn the_predicate_does_not_judge_values() {
    let breaker = CircuitBreaker::new("feed").consecutive(1);
    let policy = policy().until(|item: &u32| *item == 100).breaker(&breaker);
    let open = |from: u32| stream::iter((from..5).map(Item::Ok));
    assert_eq!(policy.run_stream(0, open, next).count().await, 5);
    assert_eq!(breaker.state(), State::Closed);
}
