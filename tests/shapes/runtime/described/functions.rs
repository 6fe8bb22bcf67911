//! Functions whose documentation says what a call of them is seen to do.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use persevere::{
    CircuitBreaker, Interrupt, Policy, RetryError, RetryPolicy, StopReason, Transient, Verdict,
    guard, retry, stop, testing, wait,
};
use persevere_test_documented::documented;
use tokio::time::Instant;

use super::section;

const SECOND: Duration = Duration::from_secs(1);

/// The error of a server.
#[derive(Clone, Debug, PartialEq)]
enum Error {
    Busy,
    Closed,
    Later(Duration),
    Cut,
}

impl From<Interrupt> for Error {
    fn from(_: Interrupt) -> Self {
        Error::Cut
    }
}

impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self {
            Error::Later(pause) => Verdict::RetryAfter(*pause),
            Error::Busy | Error::Cut => Verdict::Retry,
            Error::Closed => Verdict::Final,
        }
    }
}

/// A server that answers by a script, and then by its last answer.
struct Server {
    script: Vec<Result<u32, Error>>,
    calls: Cell<usize>,
}

impl Server {
    fn new(script: impl Into<Vec<Result<u32, Error>>>) -> Self {
        Server {
            script: script.into(),
            calls: Cell::new(0),
        }
    }

    fn call(&self) -> Result<u32, Error> {
        let call = self.calls.get();
        self.calls.set(call + 1);
        self.script[call.min(self.script.len() - 1)].clone()
    }
}

/// Reads.
#[retry]
#[documented(READ)]
fn read(server: &Server) -> Result<u32, Error> {
    server.call()
}

#[test]
fn the_defaults() {
    assert_eq!(
        section(READ),
        [
            "- Gives up after 3 attempts.",
            "- Pauses between attempts: 100ms, doubled each time, at most 10s, shortened at random (full jitter).",
            "- Retries `Err` and `None`; what is not retried is final.",
            "- When it gives up, returns the last outcome.",
        ]
    );
    let server = Server::new([Err(Error::Busy), Err(Error::Busy), Err(Error::Closed)]);
    let (outcome, record) = testing::record(|| read(&server));
    assert_eq!(outcome, Err(Error::Closed));
    record.attempts(3).gave_up(StopReason::Attempts);
    let within = |ms| Duration::ZERO..=Duration::from_millis(ms);
    record.pauses([within(100), within(200)]);
}

/// Charges.
#[retry(
    stop = after_attempt(5) | after_delay(30s),
    wait = exponential(1s).max(3s),
    on = Err(Error::Busy | Error::Closed) | Ok(0),
    unless = Err(Error::Closed),
)]
#[documented(CHARGE)]
fn charge(server: &Server) -> Result<u32, Error> {
    server.call()
}

#[test]
fn patterns() {
    assert_eq!(
        section(CHARGE),
        [
            "- Gives up after 5 attempts or once 30s have passed.",
            "- Pauses between attempts: 1s, doubled each time, at most 3s.",
            "- Retries `Err(Error::Busy | Error::Closed) | Ok(0)`; what is not retried is final.",
            "- Never retries `Err(Error::Closed)`.",
            "- When it gives up, returns the last outcome.",
        ]
    );
    let (outcome, record) = testing::record(|| charge(&Server::new([Ok(0)])));
    assert_eq!(outcome, Ok(0));
    record
        .attempts(5)
        .pauses([SECOND, 2 * SECOND, 3 * SECOND, 3 * SECOND]);
    let (outcome, record) = testing::record(|| charge(&Server::new([Err(Error::Closed)])));
    assert_eq!(outcome, Err(Error::Closed));
    record.attempts(1);
    testing::record(|| charge(&Server::new([Err(Error::Cut)])))
        .1
        .attempts(1);
}

struct Client {
    attempts: u32,
    server: Server,
}

impl Client {
    /// Gets.
    #[retry(stop = after_attempt(self.attempts), wait = fixed(1s).hint_max(1min), when = transient())]
    #[documented(GET)]
    fn get(&self) -> Result<u32, Error> {
        self.server.call()
    }
}

#[test]
fn transient_errors_and_their_hints() {
    assert_eq!(
        section(Client::GET),
        [
            "- Gives up after `self.attempts` attempts.",
            "- Pauses between attempts: 1s.",
            "- Waits longer where the failure asks for it, as by `Retry-After`, and gives up where that is longer than \
             1min.",
            "- Retries transient errors (those that another attempt can cure); what is not retried is final.",
            "- When it gives up, returns the last outcome.",
        ]
    );
    let get = |script: &[Result<u32, Error>]| {
        let server = Server::new(script);
        let client = Client {
            attempts: 3,
            server,
        };
        testing::record(|| client.get())
    };
    let (outcome, record) = get(&[Err(Error::Later(5 * SECOND)), Err(Error::Busy), Ok(1)]);
    assert_eq!(outcome, Ok(1));
    record.pauses([5 * SECOND..=6 * SECOND, SECOND..=SECOND]);
    get(&[Err(Error::Later(61 * SECOND))])
        .1
        .attempts(1)
        .gave_up(StopReason::Hint);
    get(&[Err(Error::Closed)]).1.attempts(1);
    get(&[Err(Error::Busy)]).1.attempts(3);
}

/// Pages.
#[retry(
    case(Err(Error::Later(pause)), stop = after_attempt(4), wait = fixed(*pause)),
    on = Err(Error::Busy),
    wait = none(),
)]
#[documented(PAGE)]
fn page(server: &Server) -> Result<u32, Error> {
    server.call()
}

#[test]
fn cases() {
    assert_eq!(
        section(PAGE),
        [
            "- Gives up after 3 attempts that end in outcomes without a limit of their own.",
            "- Pauses between attempts: none.",
            "- Retries `Err(Error::Later(pause))` by a count of its own; gives up after 4 attempts; pauses: `*pause`.",
            "- Retries `Err(Error::Busy)`; what is not retried is final.",
            "- When it gives up, returns the last outcome.",
        ]
    );
    let later = Err(Error::Later(2 * SECOND));
    let (_, record) = testing::record(|| page(&Server::new([later.clone()])));
    record.attempts(4).pauses([2 * SECOND; 3]);
    testing::record(|| page(&Server::new([Err(Error::Busy)])))
        .1
        .attempts(3);
    let mixed = [later, Err(Error::Busy), Err(Error::Busy), Err(Error::Busy)];
    testing::record(|| page(&Server::new(mixed))).1.attempts(4);
    testing::record(|| page(&Server::new([Err(Error::Closed)])))
        .1
        .attempts(1);
}

/// Hangs.
#[retry(deadline = 10s, attempt_timeout = 3s, wait = 1s, stop = never())]
#[documented(HANG)]
async fn hang() -> Result<u32, Error> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn the_longest_time() {
    assert_eq!(
        section(HANG),
        [
            "- Gives up only if something else ends the call.",
            "- Pauses between attempts: 1s.",
            "- Retries `Err` and `None`; what is not retried is final.",
            "- Ends within a deadline of 10s, pauses included.",
            "- Cuts an attempt that takes longer than 3s.",
            "- When it gives up, returns the last outcome.",
        ]
    );
    let start = Instant::now();
    let (outcome, record) = testing::record_async(hang()).await;
    assert_eq!(outcome, Err(Error::Cut));
    // From 0 s to 3 s, from 4 s to 7 s, from 8 s to the deadline.
    record.attempts(3).gave_up(StopReason::Deadline);
    assert!(
        (10 * SECOND..11 * SECOND).contains(&start.elapsed()),
        "{:?}",
        start.elapsed()
    );
}

/// Sends.
#[retry(wrap_err = true, stop = after_attempt(2), wait = none())]
#[documented(SEND)]
fn send(server: &Server) -> Result<u32, RetryError<Error>> {
    server.call()
}

#[test]
fn wrapped_errors() {
    assert_eq!(
        section(SEND),
        [
            "- Gives up after 2 attempts.",
            "- Pauses between attempts: none.",
            "- Retries `Err` and `None`; what is not retried is final.",
            "- Returns an error as a `RetryError`, with the number of attempts and the reason.",
        ]
    );
    let error = send(&Server::new([Err(Error::Busy)])).unwrap_err();
    assert_eq!(
        (error.attempts(), error.reason()),
        (2, StopReason::Attempts)
    );
    assert_eq!(error.into_last(), Some(Error::Busy));
}

/// Looks.
#[retry(wait = none(), when = ok(|n| *n < 3) | any_failure(), fallback = |_| Ok(7))]
#[documented(LOOK)]
fn look(server: &Server) -> Result<u32, Error> {
    server.call()
}

#[test]
fn fallbacks() {
    assert_eq!(
        section(LOOK),
        [
            "- Gives up after 3 attempts.",
            "- Pauses between attempts: none.",
            "- Retries values for which `|n| *n < 3` holds, and also `Err` and `None`; what is not retried is final.",
            "- When it gives up, returns the result of `|_| Ok(7)`.",
        ]
    );
    let server = Server::new([Ok(1), Err(Error::Busy), Ok(2)]);
    assert_eq!((look(&server), server.calls.get()), (Ok(7), 3));
    let server = Server::new([Ok(3)]);
    assert_eq!((look(&server), server.calls.get()), (Ok(3), 1));
}

static PRICES: CircuitBreaker = CircuitBreaker::new("prices").consecutive(2);

/// Prices.
#[guard(deadline = 5s, breaker = &PRICES, on = Err(Error::Busy))]
#[documented(PRICE)]
async fn price(server: &Server) -> Result<u32, Error> {
    server.call()
}

#[tokio::test(start_paused = true)]
async fn guards() {
    assert_eq!(
        section(PRICE),
        [
            "- Makes one attempt, without retries.",
            "- Takes `Err(Error::Busy)` for failures.",
            "- Ends within a deadline of 5s, pauses included.",
            "- Asks the circuit breaker `&PRICES` before each attempt, and ends while it is open.",
        ]
    );
    let server = Server::new([
        Err(Error::Closed),
        Err(Error::Busy),
        Err(Error::Busy),
        Ok(1),
    ]);
    assert_eq!(price(&server).await, Err(Error::Closed));
    assert_eq!(price(&server).await, Err(Error::Busy));
    assert_eq!(price(&server).await, Err(Error::Busy));
    assert_eq!(
        (price(&server).await, server.calls.get()),
        (Err(Error::Cut), 3)
    );
}

fn patient<O>() -> impl Policy<O>
where
    persevere::when::AnyFailure: persevere::Predicate<O>,
{
    RetryPolicy::new()
        .stop(stop::after_attempt(4))
        .wait(wait::fixed(SECOND))
}

/// Queries.
#[retry(policy = patient(), wait = 2s)]
#[documented(QUERY)]
fn query(server: &Server) -> Result<u32, Error> {
    server.call()
}

#[test]
fn policies() {
    assert_eq!(
        section(QUERY),
        [
            "- Follows the policy `patient()`, but for what is said here.",
            "- Pauses between attempts: 2s.",
        ]
    );
    let (_, record) = testing::record(|| query(&Server::new([Err(Error::Busy)])));
    record.attempts(4).pauses([2 * SECOND; 3]);
}

/// Counts.
#[retry(stop = after_attempt(2), wait = none(), resume(from = |n: &u32| n + 1))]
#[documented(COUNT)]
fn count(opened: &Cell<u32>, from: u32) -> impl Stream<Item = io::Result<u32>> {
    opened.set(opened.get() + 1);
    // One item an opening; the third opening has none.
    let broken = Err(io::ErrorKind::ConnectionReset.into());
    let item = (from < 2).then_some(Ok(from));
    stream::iter(item.into_iter().chain([broken]))
}

#[tokio::test]
async fn streams() {
    assert_eq!(
        section(COUNT),
        [
            "- Gives up after 2 attempts.",
            "- Pauses between attempts: none.",
            "- Retries `Err` and `None`; what is not retried is final.",
            "- Opens the stream again where it broke, with `from` of the last item by `|n: &u32| n + 1`.",
            "- Starts counts and pauses again after each item.",
            "- When it gives up, gives the last error as an item and ends.",
        ]
    );
    let opened = Cell::new(0);
    let items: Vec<Option<u32>> = count(&opened, 0).map(Result::ok).collect().await;
    assert_eq!(items, [Some(0), Some(1), None]);
    // The second item starts the count again: of the two attempts after it, the first opening gave it.
    assert_eq!(opened.get(), 3);
}
