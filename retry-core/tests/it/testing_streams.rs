//! Streams of the testing kit, which fail by a plan.
#![cfg(all(feature = "testing", feature = "stream", feature = "tokio"))]

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use futures_util::stream::{self, Stream, StreamExt};
use persevere_core::testing::StreamFault::{End, Error, None as Pass, Panic, Stall};
use persevere_core::testing::{FlakyStreams, StreamFault};
use persevere_core::{RetryPolicy, stop, wait, when};
use tokio::time::Instant;

use crate::common::SECOND;

type Item = Result<u32, &'static str>;

/// The numbers below three.
fn numbers() -> impl Stream<Item = Item> {
    stream::iter((0..3).map(Ok))
}

/// The polls of a stream that waits for nothing else, until it is pending or over; a panic is `Err("panic")`.
fn polls(mut stream: Pin<&mut impl Stream<Item = Item>>) -> (Vec<Item>, Poll<()>) {
    let (mut items, mut cx) = (Vec::new(), Context::from_waker(Waker::noop()));
    loop {
        let polled = catch_unwind(AssertUnwindSafe(|| stream.as_mut().poll_next(&mut cx)));
        match polled {
            Ok(Poll::Ready(Some(item))) => items.push(item),
            Ok(Poll::Ready(None)) => return (items, Poll::Ready(())),
            Ok(Poll::Pending) => return (items, Poll::Pending),
            Err(_) => items.push(Err("panic")),
        }
    }
}

#[test]
fn each_fault_comes_after_its_items() {
    let (ready, pending) = (Poll::Ready(()), Poll::Pending);
    let table: [(StreamFault, &[Item], Poll<()>); 9] = [
        (Pass, &[Ok(0), Ok(1), Ok(2)], ready),
        (Error(0), &[Err("refused")], ready),
        (Error(2), &[Ok(0), Ok(1), Err("refused")], ready),
        (Error(3), &[Ok(0), Ok(1), Ok(2), Err("refused")], ready),
        // Its stream ends before.
        (Error(4), &[Ok(0), Ok(1), Ok(2)], ready),
        (Stall(1), &[Ok(0)], pending),
        (End(0), &[], ready),
        (End(2), &[Ok(0), Ok(1)], ready),
        (Panic(1), &[Ok(0), Err("panic")], ready),
    ];
    for (fault, items, over) in table {
        let source = FlakyStreams::schedule([fault], || "refused");
        let mut opened = pin!(source.open(numbers()));
        assert_eq!(
            polls(opened.as_mut()),
            (items.to_vec(), over),
            "the first time, {fault:?}"
        );
        // It stays so.
        assert_eq!(polls(opened), (vec![], over), "{fault:?}");
        let given = items.iter().filter(|item| item.is_ok()).count() as u64;
        assert_eq!((source.openings(), source.items()), (1, given), "{fault:?}");
        let second = polls(pin!(source.open(numbers())));
        assert_eq!(
            second,
            (vec![Ok(0), Ok(1), Ok(2)], ready),
            "later, {fault:?}"
        );
        assert_eq!((source.openings(), source.items()), (2, given + 3));
    }
}

#[test]
fn an_error_of_the_stream_itself_is_no_item() {
    let source = FlakyStreams::schedule([Error(2)], || "refused");
    let own = stream::iter([Ok(0), Err("its own"), Ok(1), Ok(2)]);
    let (items, _) = polls(pin!(source.open(own)));
    assert_eq!(items, [Ok(0), Err("its own"), Ok(1), Err("refused")]);
    assert_eq!(source.items(), 2);
}

#[test]
fn a_stall_wakes_nobody() {
    struct Wakes(AtomicU32);
    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let wakes = Arc::new(Wakes(AtomicU32::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let source = FlakyStreams::times(1, Stall(0), || "refused");
    let mut stalls = pin!(source.open(numbers()));
    for _ in 0..3 {
        let mut cx = Context::from_waker(&waker);
        assert!(stalls.as_mut().poll_next(&mut cx).is_pending());
    }
    assert_eq!(wakes.0.load(Ordering::Relaxed), 0);
    assert_eq!(Arc::strong_count(&wakes), 2, "and keeps no waker");
}

#[test]
fn clones_count_together_on_any_thread() {
    let source = FlakyStreams::times(6, Error(1), || "refused");
    let failed: usize = thread::scope(|scope| {
        let opens = |source: FlakyStreams<&'static str>| {
            move || {
                let ends = (0..5).map(|_| polls(pin!(source.open(numbers()))));
                ends.filter(|(items, _)| items.last() == Some(&Err("refused")))
                    .count()
            }
        };
        let threads = [(); 2].map(|()| scope.spawn(opens(source.clone())));
        threads.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(failed, 6);
    assert_eq!((source.openings(), source.items()), (10, 6 + 4 * 3));
}

#[test]
fn a_rate_breaks_openings_by_chance_and_the_same_in_every_run() {
    let broken = || {
        let source = FlakyStreams::rate(0.25, 42, End(1), || "refused");
        let opened = (0..1000).map(|_| polls(pin!(source.open(numbers()))).0.len());
        opened.map(|items| items == 1).collect::<Vec<_>>()
    };
    let first = broken();
    let count = first.iter().filter(|broke| **broke).count();
    assert!((180..320).contains(&count), "{count}");
    assert_eq!(first, broken());
}

fn reset() -> io::Error {
    ErrorKind::ConnectionReset.into()
}

#[tokio::test(start_paused = true)]
async fn a_policy_goes_on_over_every_fault_but_a_panic() {
    let faults = [Error(2), Stall(1), End(3), Error(0), Pass];
    let source = FlakyStreams::schedule(faults, reset).delay(SECOND);
    let open = |from: u32| source.open(stream::iter((from..9).map(Ok)));
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
        .when(when::transient());
    let start = Instant::now();
    let items = policy.run_stream(0, open, |item| item + 1);
    let items = items.endless().idle_timeout(10 * SECOND).take(9);
    let items: Vec<u32> = items.map(Result::unwrap).collect().await;
    assert_eq!(items, (0..9).collect::<Vec<_>>());
    assert_eq!((source.openings(), source.items()), (5, 9));
    // Nine items, and four faults after a second, of which one is noticed nine seconds later; four pauses.
    assert_eq!(start.elapsed(), (9 + 3 + 10 + 4) * SECOND);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "a panic that the test asked for")]
async fn a_panic_goes_through_the_policy() {
    let source = FlakyStreams::times(1, Panic(1), reset);
    let policy = RetryPolicy::new();
    let open = |from: u32| source.open(stream::iter((from..9).map(Ok)));
    policy.run_stream(0, open, |item| item + 1).count().await;
}
