//! Streams that are opened again where they broke: no item is lost, none comes twice, and the policy decides the rest.
#![cfg(all(feature = "stream", feature = "tokio", feature = "testing"))]

use std::cell::{Cell, RefCell};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use persevere_core::breaker::State;
use persevere_core::{
    AsyncSleep, Attempt, Bulkhead, CancelToken, CircuitBreaker, GiveUp, Interrupt, Policy,
    RateLimiter, RetryBudget, RetryPolicy, RetryStats, StopReason, Transient, nested, stop, wait,
    when,
};
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use crate::common::{HOUR, SECOND};

type Item = io::Result<u32>;

fn reset() -> Item {
    Err(io::ErrorKind::ConnectionReset.into())
}

fn forbidden() -> Item {
    Err(io::ErrorKind::PermissionDenied.into())
}

/// The way in which an opened stream ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Breaks,
    /// An error that is final, and then the end.
    Forbids,
    Ends,
    Stalls,
}

/// A source of the numbers below `len`, whose openings are by a script: the number of items, and the end. After the
/// script it gives all that is left.
struct Source {
    len: u32,
    script: Vec<(u32, End)>,
    opened: Cell<usize>,
}

impl Source {
    fn new(len: u32, script: &[(u32, End)]) -> Self {
        Source {
            len,
            script: script.to_vec(),
            opened: Cell::new(0),
        }
    }

    fn open(&self, from: u32) -> Pin<Box<dyn Stream<Item = Item>>> {
        let number = self.opened.get();
        self.opened.set(number + 1);
        let (items, end) = self
            .script
            .get(number)
            .copied()
            .unwrap_or((self.len, End::Ends));
        let items = stream::iter((from..self.len.min(from.saturating_add(items))).map(Ok));
        match end {
            End::Breaks => items.chain(stream::iter([reset()])).boxed_local(),
            End::Forbids => items.chain(stream::iter([forbidden()])).boxed_local(),
            End::Ends => items.boxed_local(),
            End::Stalls => items.chain(stream::pending()).boxed_local(),
        }
    }
}

/// The kinds of errors, and the items.
fn told(items: &[Item]) -> Vec<Result<u32, io::ErrorKind>> {
    let told = |item: &Item| item.as_ref().copied().map_err(io::Error::kind);
    items.iter().map(told).collect()
}

async fn all(stream: impl Stream<Item = Item>) -> Vec<Result<u32, io::ErrorKind>> {
    told(&stream.collect::<Vec<_>>().await)
}

fn next(item: &u32) -> u32 {
    item + 1
}

const POLICY_WAIT: Duration = SECOND;

fn policy() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>, when::OnTransient> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(POLICY_WAIT))
        .when(when::transient())
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_where_it_broke() {
    let source = Source::new(9, &[(3, End::Breaks), (0, End::Breaks), (4, End::Breaks)]);
    let policy = policy();
    let start = Instant::now();
    let items = all(policy.run_stream(0, |from| source.open(from), next)).await;
    assert_eq!(items, (0..9).map(Ok).collect::<Vec<_>>());
    assert_eq!((source.opened.get(), start.elapsed()), (4, 3 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn it_gives_up_with_the_last_error_and_is_over() {
    let source = Source::new(9, &[(1, End::Breaks), (0, End::Breaks), (0, End::Breaks)]);
    let policy = policy();
    let mut stream = pin!(policy.run_stream(0, |from| source.open(from), next));
    let items: Vec<_> = stream.by_ref().collect().await;
    let reset = Err(io::ErrorKind::ConnectionReset);
    assert_eq!(told(&items), [Ok(0), reset]);
    assert_eq!(source.opened.get(), 3);
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_final_error_is_an_item_and_the_stream_goes_on() {
    let policy = policy();
    let open = |_| stream::iter([Ok(1), forbidden(), Ok(2)]);
    let items = all(policy.run_stream(0, open, next)).await;
    assert_eq!(items, [Ok(1), Err(io::ErrorKind::PermissionDenied), Ok(2)]);
}

#[tokio::test(start_paused = true)]
async fn progress_starts_attempts_and_pauses_again() {
    let script = [(1, End::Breaks); 20];
    let source = Source::new(20, &script);
    let policy = policy();
    let stream = policy.run_stream(0, |from| source.open(from), next);
    assert_eq!(all(stream).await.len(), 20);

    let source = Source::new(20, &script);
    let stream = policy.run_stream(0, |from| source.open(from), next);
    let items = all(stream.without_progress()).await;
    let reset = Err(io::ErrorKind::ConnectionReset);
    assert_eq!(items, [Ok(0), Ok(1), Ok(2), reset]);
}

#[tokio::test(start_paused = true)]
async fn elapsed_time_is_that_without_progress() {
    let policy = policy()
        .wait(wait::fixed(4 * SECOND))
        .stop(stop::after_delay(10 * SECOND));
    let slowly = |from: u32| {
        let items = stream::iter([Ok(from), reset()]);
        items.then(|item| async {
            sleep(6 * SECOND).await;
            item
        })
    };
    let items = all(policy.run_stream(0, slowly, next).take(10)).await;
    assert_eq!(items, (0..10).map(Ok).collect::<Vec<_>>());
    let never = |_| stream::iter([reset()]);
    let start = Instant::now();
    assert_eq!(all(policy.run_stream(0, never, next)).await.len(), 1);
    assert_eq!(start.elapsed(), 12 * SECOND);
}

/// A stop that never stops does not spin on a stream that opens and breaks at once.
#[tokio::test(start_paused = true)]
async fn a_pause_is_kept_even_after_progress() {
    let policy = policy().stop(stop::never());
    let open = |from| stream::iter([Ok(from), reset()]);
    let start = Instant::now();
    let stream = policy.run_stream(0, open, next);
    assert_eq!(all(stream.take(100)).await.len(), 100);
    assert_eq!(start.elapsed(), 99 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_endless_stream_is_a_failure() {
    let source = Source::new(9, &[(4, End::Ends), (5, End::Ends)]);
    let policy = policy();
    let stream = policy.run_stream(0, |from| source.open(from), next);
    let items = all(stream.endless()).await;
    let ended = Err(io::ErrorKind::UnexpectedEof);
    let whole: Vec<_> = (0..9).map(Ok).chain([ended]).collect();
    assert_eq!(items, whole);
    // The opening that brought the last item is the first that failed.
    assert_eq!(source.opened.get(), 4);
}

/// An opening that is refused for good is not asked for over and over.
#[tokio::test(start_paused = true)]
async fn an_endless_stream_is_over_after_a_final_error() {
    let source = Source::new(9, &[(4, End::Ends), (2, End::Forbids)]);
    let policy = policy().stop(stop::never());
    let stream = policy.run_stream(0, |from| source.open(from), next);
    let items = all(stream.endless()).await;
    let refused = Err(io::ErrorKind::PermissionDenied);
    let whole: Vec<_> = (0..6).map(Ok).chain([refused]).collect();
    assert_eq!((items, source.opened.get()), (whole, 2));

    // One that goes on after it is opened again.
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::transient());
    let open = |from| stream::iter([forbidden(), Ok(from)]);
    let stream = policy.run_stream(0, open, next).endless();
    assert_eq!(all(stream.take(4)).await, [refused, Ok(0), refused, Ok(1)]);
}

/// Returns the time that four items take, of which each is followed by a break.
async fn took(wait: Duration, hint: Duration) -> Duration {
    let policy = policy().wait(wait::fixed(wait));
    let start = Instant::now();
    let open = |(from, _)| stream::iter([Ok(from), reset()]);
    let stream = policy.run_stream((0, hint), open, |item| (item + 1, hint));
    let items = all(stream.hint(|(_, hint)| Some(*hint)).take(4)).await;
    assert_eq!(items, (0..4).map(Ok).collect::<Vec<_>>());
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn the_hint_of_a_cursor_is_a_floor_under_every_pause() {
    assert_eq!(took(30 * SECOND, 20 * SECOND).await, 90 * SECOND);
    let with_hint = took(SECOND, 20 * SECOND).await;
    assert!(
        (60 * SECOND..=63 * SECOND).contains(&with_hint),
        "{with_hint:?}"
    );
    assert_eq!(took(SECOND, Duration::ZERO).await, 3 * SECOND);
}

/// An error that is final, a hint that is too long, and one of the error's own.
#[tokio::test(start_paused = true)]
async fn the_hint_of_a_cursor_ends_and_retries_nothing_by_itself() {
    let policy = policy();
    let open = |()| stream::iter([forbidden()]);
    let stream = policy.run_stream((), open, |_| ()).hint(|()| Some(SECOND));
    assert_eq!(all(stream).await, [Err(io::ErrorKind::PermissionDenied)]);

    let opened = Cell::new(0);
    let open = |()| {
        opened.set(opened.get() + 1);
        stream::iter([reset()])
    };
    let stream = policy
        .run_stream((), open, |_| ())
        .hint(|()| Some(61 * SECOND));
    assert_eq!(all(stream).await, [Err(io::ErrorKind::ConnectionReset)]);
    assert_eq!(opened.get(), 1);
}

/// It asks for a pause, and does not say that the service fails.
#[tokio::test(start_paused = true)]
async fn a_breaker_does_not_see_the_hint_of_a_cursor() {
    let breaker = CircuitBreaker::new("feed").consecutive(1).open_for(SECOND);
    let policy = policy().breaker(&breaker);
    let stream = policy.run_stream((), |()| stream::iter([reset()]), |_| ());
    let mut stream = pin!(stream.hint(|()| Some(20 * SECOND)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.as_mut().poll_next(&mut cx).is_pending());
    let left = breaker.try_enter().unwrap_err().retry_after;
    assert!(left.unwrap() <= SECOND, "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_is_cut() {
    let source = Source::new(9, &[(4, End::Stalls), (2, End::Stalls)]);
    let policy = policy();
    let start = Instant::now();
    let stream = policy.run_stream(0, |from| source.open(from), next);
    let items = all(stream.idle_timeout(30 * SECOND)).await;
    assert_eq!(items, (0..9).map(Ok).collect::<Vec<_>>());
    assert_eq!(start.elapsed(), 62 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_slow_stream_is_not_idle() {
    let policy = policy();
    let open = |_| {
        stream::iter((0..9).map(Item::Ok)).then(|item| async move {
            sleep(20 * SECOND).await;
            item
        })
    };
    let stream = policy.run_stream(0, open, next);
    assert_eq!(all(stream.idle_timeout(30 * SECOND)).await.len(), 9);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_timeout_is_for_the_first_item() {
    let opened = Cell::new(0);
    let policy = policy().attempt_timeout(5 * SECOND);
    let open = |from: u32| {
        opened.set(opened.get() + 1);
        let first = if opened.get() == 1 { HOUR } else { SECOND };
        stream::unfold(from, move |item| async move {
            sleep(if item == 0 { first } else { 60 * SECOND }).await;
            (item < 3).then_some((Item::Ok(item), item + 1))
        })
    };
    let start = Instant::now();
    let items = all(policy.run_stream(0, open, next)).await;
    assert_eq!(items, [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(opened.get(), 2);
    assert!(start.elapsed() > 120 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_bounds_the_whole_stream() {
    let policy = policy().deadline(100 * SECOND);
    let open = |from| {
        stream::unfold(from, |item| async move {
            sleep(7 * SECOND).await;
            Some((Item::Ok(item), item + 1))
        })
    };
    let start = Instant::now();
    let items = all(policy.run_stream(0, open, next)).await;
    assert_eq!(start.elapsed(), 100 * SECOND);
    assert_eq!(items.len(), 15);
    assert_eq!(items.last(), Some(&Err(io::ErrorKind::TimedOut)));
}

/// One that always has an item never waits for a timer.
#[tokio::test(start_paused = true)]
async fn a_deadline_bounds_a_stream_that_never_waits() {
    let policy = policy().deadline(100 * SECOND);
    let open = |from| stream::iter((from..).map(Item::Ok));
    let mut stream = pin!(policy.run_stream(0, open, next));
    assert_eq!(stream.next().await.unwrap().unwrap(), 0);
    tokio::time::advance(100 * SECOND).await;
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_it_in_a_pause_and_where_it_is_asked_to_in_the_stream() {
    let token = CancelToken::new();
    let policy = policy().stop(stop::never() | stop::cancelled(&token));
    let mut stream = pin!(policy.run_stream(0, |_| stream::iter([reset()]), next));
    let ends = async {
        sleep(SECOND / 2).await;
        token.cancel();
    };
    let (last, ()) = tokio::join!(stream.next(), ends);
    assert_eq!(
        last.unwrap().unwrap_err().kind(),
        io::ErrorKind::ConnectionReset
    );
    assert!(stream.next().await.is_none());

    let token = CancelToken::new();
    let policy = policy.stop(stop::never() | stop::cancelled(&token).abort_attempt());
    let open = |_| stream::pending::<Item>();
    let mut aborted = pin!(policy.run_stream(0, open, next));
    let ends = async {
        sleep(SECOND).await;
        token.cancel();
    };
    // Without an outcome for the interrupt it ends.
    let (last, ()) = tokio::join!(aborted.next(), ends);
    assert!(last.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_breaker_learns_by_the_first_item() {
    let breaker = CircuitBreaker::new("feed").consecutive(2).open_for(SECOND);
    let policy = policy().wait(wait::none()).breaker(&breaker);
    let open = |from| stream::iter([Ok(from), reset()]);
    // Each opening answers before it breaks.
    let stream = policy.run_stream(0, open, next);
    assert_eq!(all(stream.take(20)).await.len(), 20);
    assert_eq!(breaker.state(), State::Closed);

    let stream = policy.run_stream(0, |_| stream::iter([reset()]), next);
    assert_eq!(all(stream).await.len(), 1);
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_place_is_kept_while_the_stream_is_open_and_a_permit_is_for_an_opening() {
    let bulkhead = Bulkhead::new("feed", 1);
    let limiter = RateLimiter::new("feed").rate(1, HOUR).burst(10);
    let policy = policy().bulkhead(&bulkhead).rate_limiter(&limiter);
    let source = Source::new(4, &[(2, End::Breaks)]);
    let mut stream = pin!(policy.run_stream(0, |from| source.open(from), next));
    for _ in 0..2 {
        stream.next().await.unwrap().unwrap();
        assert_eq!(bulkhead.in_use(), 1);
    }
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.as_mut().poll_next(&mut cx).is_pending());
    assert_eq!(bulkhead.in_use(), 0, "in the pause");
    assert_eq!(stream.by_ref().count().await, 2);
    assert_eq!(bulkhead.in_use(), 0);
    let left = std::iter::from_fn(|| limiter.try_acquire().ok()).count();
    assert_eq!(left, 8);
}

/// A stream may live for hours: the calls behind a long hold do not wait for its end.
#[tokio::test(start_paused = true)]
async fn the_first_item_answers_the_question_of_a_long_hold() {
    let limiter = RateLimiter::new("feed").rate(10, SECOND).burst(10);
    let policy = policy().rate_limiter(&limiter);
    limiter.hold(2 * HOUR);
    sleep(HOUR + SECOND).await;
    let open = |_| stream::iter([Item::Ok(0)]).chain(stream::pending());
    let mut asks = pin!(policy.run_stream(0, open, next));
    asks.next().await.unwrap().unwrap();
    assert!(limiter.try_acquire().is_ok());
}

/// The time to the first item tells of the load, and not how long somebody listens.
#[tokio::test(start_paused = true)]
async fn an_adaptive_bulkhead_learns_from_the_first_item() {
    let bulkhead = Bulkhead::adaptive("feed", 1..=200);
    let policy = policy().bulkhead(&bulkhead);
    let limit_after = async |lasts: Duration| {
        for _ in 0..50 {
            let open = |_| {
                stream::iter([Duration::from_millis(10), lasts]).then(|pause| async move {
                    sleep(pause).await;
                    Item::Ok(0)
                })
            };
            let both = [(); 2].map(|()| policy.run_stream(0, open, next).count());
            let [first, second] = both;
            tokio::join!(first, second);
        }
        bulkhead.limit()
    };
    let before = limit_after(Duration::from_millis(10)).await;
    assert!(limit_after(HOUR).await >= before);
}

#[tokio::test(start_paused = true)]
async fn the_predicate_is_asked_once_for_an_error() {
    let asked = Cell::new(0);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .when(when::err(|_: &io::Error| {
            asked.set(asked.get() + 1);
            true
        }));
    assert_eq!(
        all(policy.run_stream(0, |_| stream::iter([reset()]), next))
            .await
            .len(),
        1
    );
    assert_eq!(asked.get(), 3);
}

#[tokio::test(start_paused = true)]
async fn callbacks_and_statistics_see_openings() {
    let stats = RetryStats::new();
    let events = RefCell::new(Vec::new());
    let note = |event: &'static str| events.borrow_mut().push(event);
    let policy = policy()
        .before(|_: &_| note("opens"))
        .after(|_: &_| note("broke"))
        .before_sleep(|_: &_| note("rests"))
        .on_success(|_: &_| note("ended"))
        .on_failure(|_: &_| note("gave up"))
        .stats(&stats);
    let source = Source::new(9, &[(3, End::Breaks)]);
    let stream = policy.run_stream(0, |from| source.open(from), next);
    assert_eq!(all(stream).await.len(), 9);
    let seen = events.take();
    assert_eq!(seen, ["opens", "broke", "rests", "opens", "ended"]);
    assert_eq!((stats.calls(), stats.attempts()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_fallback_gives_the_last_item() {
    let policy = policy().fallback(|give_up: GiveUp<Item>| {
        assert_eq!(give_up.reason(), StopReason::Attempts);
        Ok(99)
    });
    let items = all(policy.run_stream(0, |_| stream::iter([reset()]), next)).await;
    assert_eq!(items, [Ok(99)]);
}

#[test]
fn it_is_send_where_its_parts_are() {
    fn is_send<T: Send>(_: T) {}
    let policy = Arc::new(
        RetryPolicy::new()
            .deadline(SECOND)
            .bulkhead(Arc::new(Bulkhead::new("feed", 1))),
    );
    let open = |from: u32| stream::iter([Item::Ok(from)]);
    is_send(policy.run_stream(0, open, next));
    is_send(
        policy
            .run_stream(0, open, next)
            .idle_timeout(SECOND)
            .endless(),
    );
}

#[tokio::test(start_paused = true)]
async fn it_runs_in_a_task() {
    async fn sum(of: &str) -> u32 {
        let policy = RetryPolicy::new().deadline(HOUR);
        let open = |from: u32| {
            let _ = of;
            stream::iter((from..4).map(Item::Ok).chain([reset()])).take(2)
        };
        let mut stream = pin!(policy.run_stream(0, open, next).idle_timeout(SECOND));
        let mut sum = 0;
        while let Some(item) = stream.next().await {
            tokio::task::yield_now().await;
            sum += item.unwrap();
        }
        sum
    }
    let task = tokio::spawn(async {
        let text = String::from("a");
        sum(&text).await
    });
    assert_eq!(task.await.unwrap(), 1);
}

/// The time that a call inside would have, by the deadlines around it.
fn time_left() -> Option<Duration> {
    let inner = RetryPolicy::new().nested(nested::share());
    let asks = |at: &Attempt| io::Result::Ok(at.remaining());
    inner.run(asks).unwrap()
}

/// A retried call inside a stream observes its deadline, at each item, and nobody else does.
#[tokio::test(start_paused = true)]
async fn a_deadline_is_in_view_while_the_stream_is_polled() {
    let budget = RetryBudget::total(9);
    let open = |_| {
        let asks = |_| async {
            sleep(SECOND).await;
            Item::Ok(u32::from(time_left().is_some()))
        };
        stream::iter(0..3).then(asks)
    };
    let plain = policy();
    let deadline = plain.deadline(HOUR);
    let paying = deadline.budget(&budget);
    let mut plain = pin!(plain.run_stream(0, open, next));
    let mut deadline = pin!(deadline.run_stream(0, open, next));
    let mut paying = pin!(paying.run_stream(0, open, next));
    for _ in 0..3 {
        let (none, one, other) = tokio::join!(plain.next(), deadline.next(), paying.next());
        let items = [none, one, other].map(|item| item.unwrap().unwrap());
        assert_eq!(items, [0, 1, 1]);
        assert_eq!(time_left(), None, "between polls");
    }
}

/// A poll restores the view that was there before it, also after a panic.
#[tokio::test(start_paused = true)]
async fn a_deadline_hides_no_other_for_longer_than_a_poll() {
    let (long, short) = (policy().deadline(HOUR), policy().deadline(SECOND));
    let left = || time_left().unwrap();
    let body = || {
        assert!(left() > SECOND);
        let open =
            |_| stream::poll_fn(|_| Poll::Ready(Some(Item::Ok(u32::from(left() <= SECOND)))));
        let mut stream = pin!(short.run_stream(0, open, next));
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let polled = stream.as_mut().poll_next(&mut cx);
            assert!(matches!(polled, Poll::Ready(Some(Ok(1)))));
            assert!(left() > SECOND);
        }
        let open = |_| stream::poll_fn(|_| -> Poll<Option<Item>> { panic!("in a poll") });
        let mut stream = pin!(short.run_stream(0, open, next));
        let poll = AssertUnwindSafe(|| stream.as_mut().poll_next(&mut cx).is_ready());
        assert!(catch_unwind(poll).is_err());
        assert!(left() > SECOND);
        io::Result::Ok(())
    };
    long.run_async(|| std::future::ready(body())).await.unwrap();
    assert_eq!(time_left(), None);
}

/// Two threads poll one after the other, and each has the deadline in view while it does.
#[test]
fn two_threads_poll_one_after_the_other() {
    let policy = policy()
        .wait(wait::none())
        .deadline(HOUR)
        .sleep_async(|_| std::future::ready(()));
    let open = |from: u32| {
        let mut items = from..from + 2;
        stream::poll_fn(move |_| {
            assert!(time_left().is_some_and(|left| left <= HOUR));
            Poll::Ready(Some(items.next().map_or_else(reset, Ok)))
        })
    };
    let stream = policy.run_stream(0, open, next).idle_timeout(SECOND);
    let mut stream = Box::pin(stream);
    let mut polled = || {
        std::thread::scope(|scope| {
            let polls = || {
                let mut cx = Context::from_waker(Waker::noop());
                let polled = stream.as_mut().poll_next(&mut cx);
                assert_eq!(time_left(), None);
                polled
            };
            scope.spawn(polls).join().unwrap()
        })
    };
    let mut items = Vec::new();
    while items.len() < 10 {
        if let Poll::Ready(item) = polled() {
            items.push(item.unwrap().unwrap());
        }
    }
    assert_eq!(items, (0..10).collect::<Vec<_>>());
}

/// A policy whose type is hidden has the method by its trait.
#[tokio::test(start_paused = true)]
async fn a_policy_whose_type_is_hidden_runs_a_stream() {
    fn hidden<T>() -> impl Policy<io::Result<T>, Sleep: AsyncSleep> {
        RetryPolicy::new()
            .wait(wait::none())
            .when(when::transient())
    }
    let policy = hidden();
    let open = |from: u32| stream::iter([Ok(from), reset()]);
    let items = all(policy.run_stream(0, open, next).take(5)).await;
    assert_eq!(items, (0..5).map(Ok).collect::<Vec<_>>());
    let shared = RetryPolicy::new().wait(wait::none()).shared();
    assert_eq!(all(shared.run_stream(0, open, next).take(5)).await, items);
}

#[test]
fn an_interrupt_of_a_stream_that_ended_can_be_retried() {
    assert!(Interrupt::StreamEnded.verdict().is_retry());
    assert!(!Interrupt::StreamEnded.unsent());
    assert_eq!(Interrupt::StreamEnded.reason(), None);
}

/// A drop at any poll leaks neither a place nor a probe nor a place in line.
#[tokio::test(start_paused = true)]
async fn a_drop_at_any_poll_leaks_nothing() {
    for polls in 0..20 {
        let bulkhead = Bulkhead::new("feed", 1);
        let breaker = CircuitBreaker::new("feed").consecutive(1).open_for(SECOND);
        breaker.try_enter().unwrap().failure();
        sleep(SECOND).await;
        let policy = policy()
            .bulkhead(&bulkhead)
            .breaker(&breaker)
            .deadline(HOUR);
        let open = |from: u32| {
            stream::unfold(from, |item| async move {
                tokio::task::yield_now().await;
                Some((if item % 3 == 2 { reset() } else { Ok(item) }, item + 1))
            })
        };
        {
            let mut stream = pin!(policy.run_stream(0, open, next));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                let _: Poll<_> = stream.as_mut().poll_next(&mut cx);
                tokio::time::advance(SECOND / 3).await;
            }
        }
        assert_eq!((bulkhead.in_use(), bulkhead.in_line()), (0, 0), "{polls}");
        sleep(2 * SECOND).await;
        assert!(breaker.try_enter().is_ok(), "{polls}");
    }
}

/// The same by a naive model: what comes, how often it is opened, and how long all of it takes.
fn model(
    len: u32,
    script: &[(u32, End)],
    attempts: u32,
    endless: bool,
) -> (Vec<Result<u32, io::ErrorKind>>, usize, Duration) {
    let (mut items, mut cursor, mut failed, mut took) = (Vec::new(), 0, 0, Duration::ZERO);
    let script = script.iter().copied();
    let script = script.chain(std::iter::repeat((len, End::Ends)));
    for (number, (count, end)) in script.enumerate() {
        let until = len.min(cursor + count);
        if until > cursor {
            failed = 0;
        }
        items.extend((cursor..until).map(Ok));
        cursor = until;
        let error = match end {
            End::Breaks => io::ErrorKind::ConnectionReset,
            End::Stalls => {
                took += 30 * SECOND;
                io::ErrorKind::TimedOut
            }
            End::Forbids => {
                items.push(Err(io::ErrorKind::PermissionDenied));
                return (items, number + 1, took);
            }
            End::Ends if endless => io::ErrorKind::UnexpectedEof,
            End::Ends => return (items, number + 1, took),
        };
        failed += 1;
        if failed == attempts {
            items.push(Err(error));
            return (items, number + 1, took);
        }
        took += POLICY_WAIT;
    }
    unreachable!("an endless script")
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        4 => Just(End::Breaks),
        1 => Just(End::Forbids),
        1 => Just(End::Ends),
        2 => Just(End::Stalls),
    ]
}

proptest! {
    #[test]
    fn any_script_is_as_the_model_says(
        len in 0_u32..30,
        script in proptest::collection::vec((0_u32..6, end()), 0..20),
        attempts in 1_u32..5,
        endless: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (items, opened, took) = runtime.unwrap().block_on(async {
            let source = Source::new(len, &script);
            let policy = policy().stop(stop::after_attempt(attempts));
            let stream = policy.run_stream(0, |from| source.open(from), next);
            let stream = stream.idle_timeout(30 * SECOND);
            let start = Instant::now();
            let items = match endless {
                true => all(stream.endless()).await,
                false => all(stream).await,
            };
            (items, source.opened.get(), start.elapsed())
        });
        prop_assert_eq!((items, opened, took), model(len, &script, attempts, endless));
    }
}
