//! Streams that could go on for ever: they are bounded by their policy, and never keep the runtime's thread.
#![cfg(all(feature = "stream", feature = "tokio"))]

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::future::poll_fn;
use futures_util::stream::{self, Stream, StreamExt};
use persevere_core::{RetryBudget, RetryPolicy, stop, wait, when};
use tokio::time::{Instant, sleep};

use crate::common::{HOUR, SECOND};

type Item = io::Result<u32>;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

fn reset() -> Item {
    Err(ErrorKind::ConnectionReset.into())
}

/// A policy that never stops and does not pause.
fn restless() -> RetryPolicy<stop::Never, wait::Backoff<wait::Fixed>, when::OnTransient> {
    RetryPolicy::new()
        .stop(stop::never())
        .wait(wait::none())
        .when(when::transient())
}

/// Polls a stream a hundred times, which opens one stream a poll and wakes its task each time; returns the items.
fn assert_yields<S>(opened: &Cell<u32>, stream: S) -> usize
where
    S: Stream<Item = Item>,
{
    struct Wakes(AtomicU32);
    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let wakes = Arc::new(Wakes(AtomicU32::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let (mut stream, mut cx) = (pin!(stream), Context::from_waker(&waker));
    let mut items = 0;
    for polls in 1..=100 {
        while let Poll::Ready(item) = stream.as_mut().poll_next(&mut cx) {
            assert_eq!(item.unwrap().unwrap(), items);
            items += 1;
        }
        let wakes = wakes.0.load(Ordering::Relaxed);
        assert_eq!((opened.get(), wakes), (polls, polls));
    }
    items as usize
}

/// A way to open a stream, with the number of openings.
fn counted<S>(opened: &Cell<u32>, open: impl Fn(u32) -> S) -> impl FnMut(u32) -> S {
    move |from| {
        opened.set(opened.get() + 1);
        open(from)
    }
}

#[tokio::test(start_paused = true)]
async fn without_pauses_it_yields_between_openings() {
    let (opened, policy) = (Cell::new(0), restless());
    let breaks = counted(&opened, |_| stream::iter([reset()]));
    let stream = policy.run_stream(0, breaks, |_| 0);
    assert_eq!(assert_yields(&opened, stream), 0);

    opened.set(0);
    let ends = counted(&opened, |_| stream::empty());
    let stream = policy.run_stream(0, ends, |_| 0).endless();
    assert_eq!(assert_yields(&opened, stream), 0);

    opened.set(0);
    let moves = counted(&opened, |from| stream::iter([Ok(from), reset()]));
    let stream = policy.run_stream(0, moves, |item| item + 1);
    assert_eq!(assert_yields(&opened, stream), 100);

    opened.set(0);
    let moves = counted(&opened, |from| stream::iter([Ok(from)]));
    let stream = policy.run_stream(0, moves, |item| item + 1).endless();
    assert_eq!(assert_yields(&opened, stream), 100);

    opened.set(0);
    let stalls = counted(&opened, |_| stream::pending());
    let stream = policy.run_stream(0, stalls, |_| 0);
    let stream = stream.idle_timeout(Duration::ZERO);
    assert_eq!(assert_yields(&opened, stream), 0);
}

/// A consumer that does nothing else lets other tasks run after each opening.
#[tokio::test(start_paused = true)]
async fn other_tasks_run_beside_a_restless_stream() {
    let policy = restless();
    let open = |from| stream::iter([Ok(from), reset()]);
    let turns = Arc::new(AtomicU32::new(0));
    let other = Arc::clone(&turns);
    let other = tokio::spawn(async move {
        loop {
            other.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    let items = policy.run_stream(0, open, |item| item + 1).take(1000);
    assert_eq!(items.count().await, 1000);
    other.abort();
    assert!(turns.load(Ordering::Relaxed) >= 999, "{turns:?}");
}

fn policy() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>, when::OnTransient> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
        .when(when::transient())
}

#[tokio::test(start_paused = true)]
async fn an_endless_stream_that_only_ends_gives_up_as_a_call_does() {
    let (opened, policy, start) = (Cell::new(0), policy(), Instant::now());
    let ends = counted(&opened, |_| stream::empty::<Item>());
    let items: Vec<_> = policy.run_stream(0, ends, |_| 0).endless().collect().await;
    let [Err(error)] = &items[..] else {
        panic!("{items:?}")
    };
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!((opened.get(), start.elapsed()), (3, 2 * SECOND));
}

/// A stream that is pending only at its first poll.
fn hesitant() -> impl Stream<Item = Item> {
    let mut polls = 0;
    stream::once(poll_fn(move |cx: &mut Context<'_>| {
        polls += 1;
        if polls > 1 {
            return Poll::Ready(Ok(0));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }))
}

#[tokio::test(start_paused = true)]
async fn an_idle_timeout_of_zero_is_for_streams_that_always_have_an_item() {
    let (opened, policy, start) = (Cell::new(0), policy(), Instant::now());
    let ready = policy.run_stream(0, |_| stream::iter((0..9).map(Item::Ok)), |_| 0);
    assert_eq!(ready.idle_timeout(Duration::ZERO).count().await, 9);

    let open = counted(&opened, |_| hesitant());
    let cut = policy.run_stream(0, open, |_| 0);
    let items: Vec<_> = cut.idle_timeout(Duration::ZERO).collect().await;
    let [Err(error)] = &items[..] else {
        panic!("{items:?}")
    };
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!((opened.get(), start.elapsed()), (3, 2 * SECOND));
}

/// Longer than any timer can sleep.
#[tokio::test(start_paused = true)]
async fn the_longest_idle_timeout_is_never_over() {
    let policy = policy();
    let open = |_| {
        Box::pin(stream::once(async {
            for _ in 0..40 {
                sleep(YEAR).await;
            }
            Item::Ok(7)
        })) as Pin<Box<dyn Stream<Item = Item>>>
    };
    for limit in [Duration::MAX, Duration::from_nanos(u64::MAX)] {
        let start = Instant::now();
        let slow = policy.run_stream(0, open, |_| 0).idle_timeout(limit);
        let items: Vec<_> = slow.map(Result::unwrap).collect().await;
        assert_eq!((items, start.elapsed()), (vec![7], 40 * YEAR));
    }
}

/// A service that gives the same items whenever it is asked makes no progress, and the number of attempts bounds it.
#[tokio::test(start_paused = true)]
async fn a_cursor_that_does_not_move_is_bounded_by_the_number_of_attempts() {
    let same = |_| stream::iter([Ok(7), Ok(7), reset()]);
    let (policy, start) = (policy(), Instant::now());
    let stream = policy.run_stream(0, same, |_| 0);
    assert_eq!(stream.count().await, 3 * 2 + 1);
    assert_eq!(start.elapsed(), 2 * SECOND);

    // The third opening moves it once more.
    let opened = Cell::new(0);
    let later = |_| {
        opened.set(opened.get() + 1);
        let item = if opened.get() < 3 { 7 } else { 8 };
        stream::iter([Ok(item), reset()])
    };
    let stream = policy.run_stream(0, later, |item| *item);
    assert_eq!(stream.count().await, 5 + 1);
}

/// Any item is progress where the cursor tells none apart; then other limits bound it.
#[tokio::test(start_paused = true)]
async fn a_stream_without_a_cursor_is_bounded_by_all_but_the_number_of_attempts() {
    let same = |()| stream::iter([Ok(7), reset()]);
    let (policy, start) = (policy(), Instant::now());
    let stream = policy.run_stream((), same, |_| ());
    assert_eq!(stream.take(100).count().await, 100);
    assert_eq!(start.elapsed(), 99 * SECOND, "a pause after each");

    let stream = policy.run_stream((), same, |_| ()).without_progress();
    assert_eq!(stream.count().await, 3 + 1);

    let budget = RetryBudget::total(5);
    let stream = policy.budget(&budget);
    let stream = stream.run_stream((), same, |_| ());
    assert_eq!(stream.count().await, 6 + 1);

    let policy = policy.deadline(HOUR);
    let start = Instant::now();
    let stream = policy.run_stream((), same, |_| ());
    assert_eq!(stream.count().await, 3600 + 1);
    assert_eq!(start.elapsed(), HOUR - SECOND);
}
