//! Streams of functions: the keys decide as those of a policy do.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, LocalBoxStream, Stream, StreamExt};
use persevere::breaker::State;
use persevere::{
    Bulkhead, CircuitBreaker, Interrupt, Policy, RetryBudget, RetryPolicy, RetryState, RetryStats,
    StopReason, hedge, retry, stop, wait, when,
};
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

type Item = io::Result<u32>;

const SECOND: Duration = Duration::from_secs(1);

fn reset() -> Item {
    Err(io::ErrorKind::ConnectionReset.into())
}

fn forbidden() -> Item {
    Err(io::ErrorKind::PermissionDenied.into())
}

/// The numbers from `next` on, by openings of so many before they break; then all the rest below ten.
fn numbers(opened: &Cell<usize>, script: &[u32], next: u32) -> LocalBoxStream<'static, Item> {
    let items = script.get(opened.get()).copied();
    opened.set(opened.get() + 1);
    match items {
        Some(items) => stream::iter((next..next + items).map(Ok).chain([reset()])).boxed_local(),
        None => stream::iter((next..10).map(Ok)).boxed_local(),
    }
}

fn kinds(items: Vec<Item>) -> Vec<Result<u32, io::ErrorKind>> {
    let kind = |item: Item| item.map_err(|error| error.kind());
    items.into_iter().map(kind).collect()
}

async fn all(stream: impl Stream<Item = Item>) -> Vec<Result<u32, io::ErrorKind>> {
    kinds(stream.collect().await)
}

#[retry(stop = after_attempt(3), wait = fixed(1s), when = transient(), resume(next = |item| item + 1))]
fn resumed<'a>(
    opened: &'a Cell<usize>,
    script: &'a [u32],
    next: u32,
) -> impl Stream<Item = Item> + 'a {
    numbers(opened, script, next)
}

#[tokio::test(start_paused = true)]
async fn pauses_and_attempts_are_those_of_the_keys() {
    let (opened, start) = (Cell::new(0), Instant::now());
    let items = all(resumed(&opened, &[2, 0, 3], 0)).await;
    assert_eq!(items, (0..10).map(Ok).collect::<Vec<_>>());
    assert_eq!((opened.get(), start.elapsed()), (4, 3 * SECOND));

    let opened = Cell::new(0);
    let items = all(resumed(&opened, &[2, 0, 0, 3], 0)).await;
    assert_eq!(items, [Ok(0), Ok(1), Err(io::ErrorKind::ConnectionReset)]);
    assert_eq!(opened.get(), 3);
}

#[tokio::test]
async fn a_stream_that_is_not_enabled_is_opened_once() {
    #[retry(enabled = false, wait = none(), resume(next = |item| item + 1))]
    fn once<'a>(opened: &'a Cell<usize>, next: u32) -> impl Stream<Item = Item> + 'a {
        numbers(opened, &[2], next)
    }
    let opened = Cell::new(0);
    let items = all(once(&opened, 0)).await;
    assert_eq!(items, [Ok(0), Ok(1), Err(io::ErrorKind::ConnectionReset)]);
    assert_eq!(opened.get(), 1);
}

#[tokio::test]
async fn the_body_runs_when_the_stream_is_polled() {
    let opened = Cell::new(0);
    let mut stream = pin!(resumed(&opened, &[], 8));
    assert_eq!(opened.get(), 0);
    assert!(matches!(stream.next().await, Some(Ok(8))));
    assert_eq!(opened.get(), 1);
}

#[retry(stop = after_attempt(3), wait = fixed(1s), when = transient(), resume(next = |item| item + 1))]
async fn awaited<'a>(
    opened: &'a Cell<usize>,
    refused: usize,
    next: u32,
) -> io::Result<LocalBoxStream<'a, Item>> {
    sleep(SECOND).await;
    if opened.get() < refused {
        opened.set(opened.get() + 1);
        reset()?;
    }
    Ok(numbers(opened, &[9, 9, 2], next))
}

#[tokio::test(start_paused = true)]
async fn an_async_function_pauses_until_its_stream_is_opened() {
    let (opened, start) = (Cell::new(0), Instant::now());
    let stream = awaited(&opened, 2, 0).await.unwrap();
    // Three openings, and two pauses.
    assert_eq!((opened.get(), start.elapsed()), (3, 5 * SECOND));
    assert_eq!(all(stream).await, (0..10).map(Ok).collect::<Vec<_>>());
    assert_eq!(start.elapsed(), 7 * SECOND);

    let opened = Cell::new(0);
    let error = awaited(&opened, 3, 0).await.err().unwrap();
    assert_eq!(
        (opened.get(), error.kind()),
        (3, io::ErrorKind::ConnectionReset)
    );
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_takes_too_long_is_cut() {
    #[retry(stop = after_attempt(2), wait = none(), attempt_timeout = 1s, resume())]
    async fn silent() -> io::Result<BoxStream<'static, Item>> {
        std::future::pending().await
    }
    #[retry(attempt_timeout = 1s, resume())]
    async fn quiet() -> io::Result<BoxStream<'static, Item>> {
        Ok(stream::once(async {
            sleep(60 * SECOND).await;
            Ok(7)
        })
        .boxed())
    }
    assert_eq!(all(quiet().await.unwrap()).await, [Ok(7)]);
    let start = Instant::now();
    assert_eq!(
        silent().await.err().unwrap().kind(),
        io::ErrorKind::TimedOut
    );
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_and_one_that_ends_are_opened_again() {
    #[retry(stop = after_attempt(2), wait = none(), idle_timeout = 3s, endless = true, resume(next = |item| item + 1))]
    fn watch(next: u32) -> impl Stream<Item = Item> {
        match next {
            0 => stream::iter([Ok(0)]).boxed(),
            1 => stream::iter([Ok(1)]).chain(stream::pending()).boxed(),
            _ => stream::empty().boxed(),
        }
    }
    let start = Instant::now();
    let items: Vec<Item> = watch(0).collect().await;
    assert_eq!(start.elapsed(), 3 * SECOND);
    let (last, items) = items.split_last().unwrap();
    assert_eq!(
        items
            .iter()
            .map(|item| *item.as_ref().unwrap())
            .collect::<Vec<_>>(),
        [0, 1]
    );
    let last = last.as_ref().unwrap_err();
    assert_eq!(last.to_string(), Interrupt::StreamEnded.to_string());
}

#[tokio::test(start_paused = true)]
async fn interrupts_become_what_the_key_says() {
    #[derive(Debug, PartialEq)]
    struct Told(Interrupt);

    #[retry(stop = after_attempt(1), endless = true, interrupt = |it| Err(Told(it)), resume())]
    fn ended() -> impl Stream<Item = Result<u32, Told>> {
        stream::empty()
    }
    #[retry(stop = after_attempt(1), idle_timeout = 1s, interrupt = |it| Err(Told(it)), resume())]
    fn idle() -> impl Stream<Item = Result<u32, Told>> {
        stream::pending()
    }
    #[retry(deadline = 1s, interrupt = |it| Err(Told(it)), resume())]
    fn late() -> impl Stream<Item = Result<u32, Told>> {
        stream::pending()
    }
    assert_eq!(
        ended().collect::<Vec<_>>().await,
        [Err(Told(Interrupt::StreamEnded))]
    );
    assert_eq!(
        idle().collect::<Vec<_>>().await,
        [Err(Told(Interrupt::AttemptTimeout))]
    );
    assert_eq!(
        late().collect::<Vec<_>>().await,
        [Err(Told(Interrupt::Deadline))]
    );
}

#[tokio::test]
async fn callbacks_and_statistics_see_every_opening() {
    static STATS: RetryStats = RetryStats::new();

    #[retry(
        stop = after_attempt(2),
        wait = none(),
        before = |state| log.borrow_mut().push(format!("before {}", state.attempt())),
        before_sleep = |state| log.borrow_mut().push(state.err().unwrap().kind().to_string()),
        on_failure = |state| log.borrow_mut().push(format!("{} {:?}", state.name(), state.reason().unwrap())),
        stats = &STATS,
        resume(next = |item| item + 1),
    )]
    fn watched<'a>(
        log: &'a RefCell<Vec<String>>,
        opened: &'a Cell<usize>,
        next: u32,
    ) -> impl Stream<Item = Item> + 'a {
        numbers(opened, &[1, 0, 0], next)
    }
    let log = RefCell::default();
    let items = all(watched(&log, &Cell::new(0), 0)).await;
    assert_eq!(items, [Ok(0), Err(io::ErrorKind::ConnectionReset)]);
    let name = concat!(module_path!(), "::watched");
    let expected = [
        "before 1".to_owned(),
        "connection reset".to_owned(),
        "before 2".to_owned(),
        format!("{name} {:?}", StopReason::Attempts),
    ];
    assert_eq!(log.into_inner(), expected);
    assert_eq!(
        (
            STATS.calls(),
            STATS.attempts(),
            STATS.failures(StopReason::Attempts)
        ),
        (1, 2, 1)
    );
}

#[tokio::test]
async fn a_stream_of_a_policy_has_the_name_of_its_function() {
    #[retry(policy = policy, resume())]
    fn named<'a>(policy: &'a (impl Policy<Item> + 'a)) -> impl Stream<Item = Item> + 'a {
        stream::iter([forbidden()])
    }
    let names = RefCell::new(Vec::new());
    let policy =
        RetryPolicy::new()
            .when(when::transient())
            .on_failure(|state: &RetryState<'_, Item>| {
                names.borrow_mut().push(state.name().to_owned())
            });
    assert_eq!(all(named(&policy)).await.len(), 1);
    assert_eq!(*names.borrow(), [concat!(module_path!(), "::named")]);
}

#[tokio::test]
async fn guards_see_openings() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("streams").consecutive(2);
    static BUDGET: RetryBudget = RetryBudget::total(5);
    static PLACES: Bulkhead = Bulkhead::new("streams", 1);

    #[retry(
        stop = never(),
        wait = none(),
        breaker = &BREAKER,
        budget = &BUDGET,
        bulkhead = &PLACES,
        resume(next = |item| item + 1),
    )]
    fn guarded<'a>(opened: &'a Cell<usize>, next: u32) -> impl Stream<Item = Item> + 'a {
        assert_eq!(PLACES.in_use(), 1);
        numbers(opened, &[1, 1, 0, 0, 9], next)
    }
    let opened = Cell::new(0);
    let mut items = all(guarded(&opened, 0)).await;
    let error = items.pop().unwrap();
    assert_eq!((items.len(), opened.get()), (2, 4));
    assert_eq!(error, Err(io::ErrorKind::ConnectionReset));
    assert_eq!(
        (BREAKER.state(), PLACES.in_use(), BUDGET.available()),
        (State::Open, 0, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_case_waits_as_its_error_says() {
    #[derive(Debug, PartialEq)]
    enum Error {
        Busy { seconds: u64 },
        Gone,
    }

    #[retry(
        case(Err(Error::Busy { seconds }), stop = after_attempt(4), wait = fixed(Duration::from_secs(*seconds))),
        unless = Err(Error::Gone),
        resume(next = |item| item + 1),
    )]
    fn busy(next: u64) -> impl Stream<Item = Result<u64, Error>> {
        let error = if next < 3 {
            Error::Busy { seconds: next + 1 }
        } else {
            Error::Gone
        };
        stream::iter([Ok(next), Err(error)])
    }
    let start = Instant::now();
    let items: Vec<_> = busy(0).collect().await;
    assert_eq!(items, [Ok(0), Ok(1), Ok(2), Ok(3), Err(Error::Gone)]);
    assert_eq!(start.elapsed(), 6 * SECOND);
}

#[tokio::test]
async fn a_final_error_is_given_and_the_stream_goes_on() {
    #[retry(when = transient(), resume())]
    fn flawed() -> impl Stream<Item = Item> {
        stream::iter([Ok(1), forbidden(), Ok(2)])
    }
    assert_eq!(
        all(flawed()).await,
        [Ok(1), Err(io::ErrorKind::PermissionDenied), Ok(2)]
    );
}

/// An item that is counted.
#[derive(Clone)]
struct Counted(#[allow(dead_code)] Arc<()>);

#[tokio::test]
async fn a_drop_at_any_poll_leaks_nothing() {
    #[retry(wait = none(), clone(held), resume(cursor = |item: &Counted| Some(item.clone())))]
    fn counted(held: Counted, cursor: Option<Counted>) -> impl Stream<Item = Result<Counted, u8>> {
        let next = cursor.unwrap_or(held);
        stream::iter([Ok(next.clone()), Err(1)]).then(move |item| {
            let held = next.clone();
            async move {
                persevere::__private::yield_now().await;
                drop(held);
                item
            }
        })
    }
    for polls in 0..40 {
        let held = Arc::new(());
        {
            let mut stream = pin!(counted(Counted(Arc::clone(&held)), None));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                let _ = stream.as_mut().poll_next(&mut context);
            }
        }
        assert_eq!(Arc::strong_count(&held), 1, "after {polls} polls");
    }
}

#[test]
fn it_is_send_where_its_parts_are() {
    #[retry(wait = none(), deadline = 1s, idle_timeout = 1s, resume(next = |item| item + 1))]
    async fn sent(next: u32) -> io::Result<BoxStream<'static, Item>> {
        Ok(stream::iter([Ok(next)]).boxed())
    }
    fn is_send<T: Send>(_: T) {}
    is_send(sent(1));
}

proptest! {
    #[test]
    fn a_function_is_as_the_stream_of_its_policy(script in prop::collection::vec(0_u32..4, 0..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (by_key, by_policy) = runtime.block_on(async {
            let (opened, start) = (Cell::new(0), Instant::now());
            let items = all(resumed(&opened, &script, 0)).await;
            let by_key = (items, opened.get(), start.elapsed());

            let (opened, start) = (Rc::new(Cell::new(0)), Instant::now());
            let policy = RetryPolicy::new()
                .stop(stop::after_attempt(3))
                .wait(wait::fixed(SECOND))
                .when(when::transient());
            let items = all(policy.run_stream(0, |next| numbers(&opened, &script, next), |item| item + 1)).await;
            (by_key, (items, opened.get(), start.elapsed()))
        });
        prop_assert_eq!(by_key, by_policy);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_opening_has_a_copy() {
    fn slow_at_first(opened: &Cell<u32>) -> LocalBoxStream<'static, Item> {
        opened.set(opened.get() + 1);
        let slow = if opened.get() == 1 { 60 } else { 1 };
        let item = async move {
            sleep(slow * SECOND).await;
            Ok(slow)
        };
        stream::once(item).boxed_local()
    }
    #[retry(hedge = delay(200ms), resume())]
    fn by_key(opened: &Cell<u32>) -> impl Stream<Item = Item> + '_ {
        slow_at_first(opened)
    }
    #[retry(policy = RetryPolicy::new().hedge(hedge::delay(SECOND)), resume())]
    async fn by_policy(opened: &Cell<u32>) -> io::Result<LocalBoxStream<'_, Item>> {
        Ok(slow_at_first(opened))
    }
    let (opened, start) = (Cell::new(0), Instant::now());
    assert_eq!(all(by_key(&opened)).await, [Ok(1)]);
    assert_eq!((opened.get(), start.elapsed()), (2, SECOND + SECOND / 5));

    let (opened, start) = (Cell::new(0), Instant::now());
    let stream = by_policy(&opened).await.unwrap();
    assert_eq!(all(stream).await, [Ok(1)]);
    assert_eq!((opened.get(), start.elapsed()), (2, 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_repeats_itself_is_given_up() {
    #[derive(Clone)]
    struct Token(u32);

    #[retry(wait = fixed(1s), resume(after = |_| after))]
    fn repeating(after: u32) -> impl Stream<Item = Item> {
        stream::iter([Ok(after), reset()])
    }
    #[retry(wait = fixed(1s), resume(after = |item| Token(*item)))]
    fn incomparable(after: Token) -> impl Stream<Item = Item> {
        stream::iter([Ok(after.0), reset()])
    }
    let reset = Err(io::ErrorKind::ConnectionReset);
    assert_eq!(all(repeating(7)).await, [Ok(7), Ok(7), Ok(7), reset]);
    // Nobody can tell whether that repeats itself.
    assert_eq!(all(incomparable(Token(7)).take(50)).await.len(), 50);
}
