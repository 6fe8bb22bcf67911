//! Streams of functions in the hands of somebody who wants to break them.
// As people write them, not as clippy would have them.
#![allow(clippy::all)]

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use persevere::{
    Bulkhead, CancelToken, CircuitBreaker, RetryBudget, RetryState, RetryStats, retry,
};
use tokio::time::sleep;

type Item = io::Result<u32>;
const SECOND: Duration = Duration::from_secs(1);

fn reset() -> Item {
    Err(io::ErrorKind::ConnectionReset.into())
}
fn forbidden<T>() -> io::Result<T> {
    Err(io::ErrorKind::PermissionDenied.into())
}
fn two(next: u32) -> BoxStream<'static, Item> {
    if next >= 4 {
        return stream::empty().boxed();
    }
    stream::iter([Ok(next), Ok(next + 1), reset()]).boxed()
}

/// An awaited opening that fails finally is the failure of a call.
#[tokio::test(start_paused = true)]
async fn a_final_error_of_an_awaited_opening_ends_the_call() {
    static STATS: RetryStats = RetryStats::new();
    thread_local!(static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) });
    fn note(what: &'static str) {
        LOG.with_borrow_mut(|log| log.push(what))
    }
    #[retry(
        when = transient(),
        stats = &STATS,
        on_failure = |_| note("failed"),
        on_success = |_| note("well"),
        resume(),
    )]
    async fn refused() -> io::Result<BoxStream<'static, Item>> {
        forbidden()
    }
    #[retry(when = transient(), stats = &STATS, on_failure = |_| note("failed"))]
    async fn refused_call() -> io::Result<u32> {
        forbidden()
    }
    assert!(refused_call().await.is_err());
    let call = LOG.take();
    assert!(refused().await.is_err());
    assert_eq!(LOG.take(), call);
}

/// A timeout of an awaited opening costs the budget as one of a call.
#[tokio::test(start_paused = true)]
async fn the_timeout_of_an_awaited_opening_costs_as_much_as_that_of_a_call() {
    static A: RetryBudget = RetryBudget::tokens(100);
    static B: RetryBudget = RetryBudget::tokens(100);
    #[retry(stop = after_attempt(2), wait = none(), attempt_timeout = 1s, budget = &A, resume())]
    async fn opens() -> io::Result<BoxStream<'static, Item>> {
        std::future::pending().await
    }
    #[retry(stop = after_attempt(2), wait = none(), attempt_timeout = 1s, budget = &B)]
    async fn calls() -> io::Result<u32> {
        std::future::pending().await
    }
    assert!(opens().await.is_err());
    assert!(calls().await.is_err());
    assert_eq!(A.available(), B.available());
}

/// A timeout counts for the breaker as one of a call, whatever the error says.
#[tokio::test(start_paused = true)]
async fn the_timeout_of_an_awaited_opening_is_a_failure_for_a_breaker() {
    static A: CircuitBreaker = CircuitBreaker::new("a").consecutive(1);
    static B: CircuitBreaker = CircuitBreaker::new("b").consecutive(1);
    #[derive(Debug, Clone, Copy)]
    struct Error(bool);
    impl From<persevere::Interrupt> for Error {
        fn from(_: persevere::Interrupt) -> Self {
            Error(false)
        }
    }
    #[retry(stop = after_attempt(1), when = err(|e| e.0), attempt_timeout = 1s, breaker = &A, resume())]
    async fn opens() -> Result<BoxStream<'static, Result<u32, Error>>, Error> {
        std::future::pending().await
    }
    #[retry(stop = after_attempt(1), when = err(|e| e.0), attempt_timeout = 1s, breaker = &B)]
    async fn calls() -> Result<u32, Error> {
        std::future::pending().await
    }
    assert!(opens().await.is_err());
    assert!(calls().await.is_err());
    assert_eq!(A.state(), B.state());
}

/// An opening that was cut did not hold, for `reset_after`.
#[tokio::test(start_paused = true)]
async fn an_awaited_opening_that_was_cut_did_not_hold() {
    thread_local!(static N: Cell<u32> = const { Cell::new(0) });
    #[retry(stop = after_attempt(3), wait = none(), attempt_timeout = 60s, reset_after = 30s, resume())]
    async fn opens() -> io::Result<BoxStream<'static, Item>> {
        N.set(N.get() + 1);
        if N.get() > 20 {
            return forbidden();
        }
        std::future::pending().await
    }
    assert!(opens().await.is_err());
    assert_eq!(N.get(), 3);
}

// The names of the macro's own variables.
#[retry(
    wait = none(),
    once(cursor = 1u32, outcome = 2u32, state = 3u32),
    clone(given, span),
    resume(items = |item| item + 1),
)]
fn names(
    stream_: u32,
    of: u32,
    policy: u32,
    call: u32,
    moved: u32,
    given: String,
    span: String,
    items: u32,
) -> impl Stream<Item = Item> {
    let stream = stream_;
    assert_eq!(
        (stream, of, policy, call, moved, cursor, outcome, state),
        (0, 1, 2, 3, 4, 1, 2, 3)
    );
    drop((given, span));
    two(items)
}
#[retry(wait = none(), clone(moved, own_wait), resume(cursor = |item| item + 1))]
async fn names_later(
    stream: u32,
    of: u32,
    policy: u32,
    items: u32,
    moved: String,
    own_wait: Vec<u8>,
    cursor: u32,
) -> io::Result<impl Stream<Item = Item>> {
    assert_eq!((stream, of, policy, items), (0, 1, 2, 3));
    drop((moved, own_wait));
    Ok(two(cursor))
}
#[retry(wait = none(), resume(r#type = |item| item + 1))]
fn raw(r#type: u32, r#fn: &u32) -> impl Stream<Item = Item> + '_ {
    let _ = r#fn;
    two(r#type)
}
#[retry(wait = none(), resume(r#in = |item| item + 1))]
async fn raw_later(r#in: u32) -> impl Stream<Item = Item> {
    two(r#in)
}
/// # Safety
/// None.
#[retry(wait = none(), resume(next = |item| item + 1))]
unsafe fn not_safe(next: u32) -> impl Stream<Item = Item> {
    two(next)
}
/// # Safety
/// None.
#[retry(wait = none(), resume(next = |item| item + 1))]
async unsafe fn not_safe_later(next: u32) -> io::Result<impl Stream<Item = Item>> {
    Ok(two(next))
}
#[retry(wait = none(), resume(next = |item| item + 1))]
fn returns(next: u32) -> BoxStream<'static, Item> {
    fn nested(n: u32) -> Option<u32> {
        let n = Some(n)?;
        return Some(n);
    }
    let n = 'a: {
        if next > 2 {
            break 'a 1;
        }
        2
    };
    let again = || {
        return 7;
    };
    'outer: for i in 0..n {
        for _ in 0..2 {
            if i == 0 {
                continue 'outer;
            }
            break 'outer;
        }
    }
    if again() == 8 {
        return stream::empty().boxed();
    }
    two(nested(next).unwrap())
}
#[retry(wait = none(), resume(next = |item| item + 1))]
async fn question(next: u32) -> io::Result<BoxStream<'static, Item>> {
    let parsed: u32 = "0".parse().map_err(io::Error::other)?;
    let inner = async { io::Result::Ok(Err::<u32, _>(io::Error::other("x"))?) };
    if inner.await.is_ok() {
        return Ok(stream::empty().boxed());
    }
    Ok(two(next + parsed))
}
#[retry(wait = none(), resume(next = |item| item + 1))]
fn recursion(depth: u32, next: u32) -> BoxStream<'static, Item> {
    if depth > 0 {
        return recursion(depth - 1, next);
    }
    two(next)
}
#[retry(wait = none(), resume(next = |item| item + 1))]
async fn consts<const N: usize, T: Copy + Into<u32> + 'static>(
    lent: [T; N],
    next: u32,
) -> io::Result<impl Stream<Item = Item>>
where
    T: Send,
{
    let first: u32 = lent[0].into();
    Ok(two(next.max(first)))
}
#[retry(wait = none(), clone(gone), resume(next = |item| item + 1))]
fn cfgs(#[cfg(any())] gone: String, next: u32) -> BoxStream<'static, Item> {
    #[cfg(any())]
    drop(gone);
    two(next)
}

#[tokio::test(start_paused = true)]
async fn shapes() {
    let ok: Vec<u32> = (0..4).collect();
    macro_rules! is {
        ($s:expr) => {
            assert_eq!($s.map(Result::unwrap).collect::<Vec<_>>().await, ok)
        };
    }
    is!(names(0, 1, 2, 3, 4, "".into(), "".into(), 0));
    is!(names_later(0, 1, 2, 3, "".into(), vec![], 0).await.unwrap());
    is!(raw(0, &1));
    is!(raw_later(0).await);
    is!(unsafe { not_safe(0) });
    is!(unsafe { not_safe_later(0) }.await.unwrap());
    is!(returns(0));
    is!(question(0).await.unwrap());
    is!(recursion(2, 0));
    is!(consts([0u8; 1], 0).await.unwrap());
    is!(cfgs(0));
}

struct Client {
    limit: u32,
}
impl Client {
    #[retry(
        wait = none(),
        when = err(|e| e.kind() == io::ErrorKind::ConnectionReset && self.limit > 0),
        before_sleep = |s| self.note(s),
        resume(next = |item| item + self.limit),
    )]
    async fn own(&self, next: u32) -> io::Result<impl Stream<Item = Item> + '_> {
        let _ = self.limit;
        Ok(two(next))
    }
    #[retry(wait = none(), before = |s| self.note(s), resume(next = |item| item + self.limit))]
    fn direct(&self, next: u32) -> impl Stream<Item = Item> + '_ {
        two(next)
    }
    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn mutable(&mut self, next: u32) -> impl Stream<Item = Item> + '_ {
        self.limit += 1;
        two(next)
    }
    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn assoc(next: u32) -> impl Stream<Item = Item> {
        let _ = Self { limit: 1 };
        two(next)
    }
    fn note<O>(&self, _: &RetryState<'_, O>) {}
}
trait Native {
    #[retry(wait = none(), resume(next = |item| item + 1))]
    async fn native(&self, next: u32) -> io::Result<BoxStream<'static, Item>> {
        Ok(two(next))
    }
    #[retry(wait = none(), resume(next = |item| item + 1))]
    fn rpitit(&self, next: u32) -> impl Stream<Item = Item> + Send
    where
        Self: Sync,
    {
        two(next)
    }
}
impl Native for Client {}

#[tokio::test(start_paused = true)]
async fn methods() {
    let ok: Vec<u32> = (0..4).collect();
    macro_rules! is {
        ($s:expr) => {
            assert_eq!($s.map(Result::unwrap).collect::<Vec<_>>().await, ok)
        };
    }
    let mut client = Client { limit: 1 };
    is!(client.own(0).await.unwrap());
    is!(client.direct(0));
    is!(client.mutable(0));
    is!(Client::assoc(0));
    is!(client.native(0).await.unwrap());
    is!(client.rpitit(0));
}

/// A stream that is held keeps its place in a bulkhead.
#[tokio::test(start_paused = true)]
async fn an_awaited_opening_keeps_its_place() {
    static PLACES: Bulkhead = Bulkhead::new("awaited", 1);
    #[retry(bulkhead = &PLACES, resume(next = |item| item + 1))]
    async fn held(next: u32) -> io::Result<BoxStream<'static, Item>> {
        sleep(SECOND).await;
        Ok(two(next))
    }
    {
        let mut s = pin!(held(0).await.unwrap());
        assert_eq!(PLACES.in_use(), 1);
        s.next().await;
        assert_eq!(PLACES.in_use(), 1);
    }
    assert_eq!(PLACES.in_use(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_is_aborted_is_no_stream() {
    #[retry(stop = never() | cancelled(token).abort_attempt(), resume())]
    async fn opens(token: &CancelToken) -> io::Result<BoxStream<'_, Item>> {
        std::future::pending().await
    }
    let token = CancelToken::new();
    let (opened, ()) = tokio::join!(opens(&token), async {
        sleep(SECOND).await;
        token.cancel();
    });
    assert!(opened.is_err());
}

/// A deadline of an awaited opening.
#[tokio::test(start_paused = true)]
async fn a_deadline_cuts_an_awaited_opening() {
    #[retry(deadline = 5s, resume())]
    async fn opens() -> io::Result<BoxStream<'static, Item>> {
        std::future::pending().await
    }
    assert_eq!(opens().await.err().unwrap().kind(), io::ErrorKind::TimedOut);
}

/// An opened stream is dropped before the place in a bulkhead is given back.
#[tokio::test(start_paused = true)]
async fn what_is_opened_is_dropped_before_its_place_is_given_back() {
    static PLACES: Bulkhead = Bulkhead::new("drop", 1);
    thread_local!(static SEEN: Cell<u32> = const { Cell::new(9) });
    struct Held;
    impl Drop for Held {
        fn drop(&mut self) {
            SEEN.set(PLACES.in_use());
        }
    }
    #[retry(bulkhead = &PLACES, resume(next = |item| item + 1))]
    fn held(next: u32) -> impl Stream<Item = Item> {
        let it = Held;
        stream::iter([Ok(next)])
            .chain(stream::pending())
            .map(move |i| {
                let _ = &it;
                i
            })
    }
    {
        let mut s = pin!(held(0));
        s.next().await;
    }
    assert_eq!(SEEN.get(), 1);
}
