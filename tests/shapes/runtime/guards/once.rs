//! `#[guard]` and its fallbacks over time.

use super::*;
use persevere::{RetryStats, guard};
use std::future::pending;
use std::sync::Mutex;
use tokio::time::sleep;

const MS: Duration = Duration::from_millis(1);

fn elapsed(start: tokio::time::Instant) -> u128 {
    start.elapsed().as_millis()
}

#[guard(deadline = 500ms)]
async fn by_deadline() -> io::Result<u32> {
    pending().await
}

#[guard(attempt_timeout = 200ms, deadline = 500ms, attempt = at)]
async fn by_timeout() -> io::Result<u32> {
    assert_eq!(at.remaining(), Some(200 * MS));
    pending().await
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_cut_once() {
    let start = tokio::time::Instant::now();
    let error = by_deadline().await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    assert!((500..510).contains(&elapsed(start)));
    let start = tokio::time::Instant::now();
    let error = by_timeout().await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::AttemptTimeout));
    assert!((200..210).contains(&elapsed(start)));
}

#[guard(breaker = wait_for(breaker), deadline = 10s, when = err(|e| e.kind() == ErrorKind::ConnectionRefused))]
async fn waits(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    match tries.next() {
        1 => Err(refused()),
        2 => Err(ErrorKind::NotFound.into()),
        n => Ok(n),
    }
}

#[tokio::test(start_paused = true)]
async fn a_guard_waits_for_its_breaker() {
    let breaker = CircuitBreaker::new("waited")
        .consecutive(1)
        .open_for(SECOND);
    let tries = Tries::new();
    let start = tokio::time::Instant::now();
    assert_eq!(
        waits(&breaker, &tries).await.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    assert_eq!(elapsed(start), 0);
    // What is no failure closes it.
    assert_eq!(
        waits(&breaker, &tries).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!((1000..1010).contains(&elapsed(start)), "{}", elapsed(start));
    assert_eq!(waits(&breaker, &tries).await.unwrap(), 3);
    assert!((1000..1010).contains(&elapsed(start)), "{}", elapsed(start));
}

/// The times at which fallbacks begin, in milliseconds.
type Began = Mutex<Vec<u128>>;

async fn began<T>(began: &Began, start: tokio::time::Instant, takes: Duration, then: T) -> T {
    began.lock().unwrap().push(elapsed(start));
    sleep(takes).await;
    then
}

#[guard(
    deadline = 500ms,
    fallback = [
        within(200ms, async |_| began(at, start, first, Err(refused())).await),
        within(50ms, async |_| began(at, start, SECOND, Ok(2)).await),
        async |_| began(at, start, last, Ok(3)).await,
    ]
)]
async fn chain(
    at: &Began,
    start: tokio::time::Instant,
    first: Duration,
    last: Duration,
) -> io::Result<u32> {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn each_fallback_leaves_the_time_of_those_behind_it() {
    // The attempt ends at 250 ms, the first fallback at 450, the second at 500. The third is polled once.
    let (at, start) = (Began::default(), tokio::time::Instant::now());
    assert_eq!(chain(&at, start, SECOND, Duration::ZERO).await.unwrap(), 3);
    assert!((500..510).contains(&elapsed(start)), "{}", elapsed(start));
    let times = at.into_inner().unwrap();
    for (time, expected) in times.iter().zip([250, 450, 500]) {
        assert!((expected..expected + 10).contains(time), "{times:?}");
    }
    // A fallback that ends early leaves the rest to the next.
    let (at, start) = (Began::default(), tokio::time::Instant::now());
    let error = chain(&at, start, 10 * MS, SECOND).await.unwrap_err();
    assert_eq!(interrupt_of(&error), Some(Interrupt::Deadline));
    assert!((500..510).contains(&elapsed(start)), "{}", elapsed(start));
    let times = at.into_inner().unwrap();
    for (time, expected) in times.iter().zip([250, 260, 500]) {
        assert!((expected..expected + 10).contains(time), "{times:?}");
    }
}

#[retry(
    deadline = 10s,
    wait = 4s,
    stop = never(),
    fallback = [within(3s, |_| Err(refused())), within(2s, |give_up| Ok(give_up.attempts()))],
    attempt = at
)]
async fn retried(longest: &Mutex<Duration>) -> io::Result<u32> {
    let mut longest = longest.lock().unwrap();
    *longest = longest.max(at.remaining().unwrap());
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn the_times_of_a_chain_add_up() {
    let longest = Mutex::new(Duration::ZERO);
    // Attempts at 0 and 4 s; the third would begin at 8 s.
    assert_eq!(retried(&longest).await.unwrap(), 2);
    assert_eq!(*longest.lock().unwrap(), 5 * SECOND);
}

#[guard(breaker = breaker, stats = stats)]
async fn counted(
    (breaker, stats): (&CircuitBreaker, &RetryStats),
    outcome: io::Result<u32>,
) -> io::Result<u32> {
    outcome
}

#[tokio::test(start_paused = true)]
async fn statistics_count_calls_of_one_attempt() {
    let (breaker, stats) = (
        CircuitBreaker::new("counted").consecutive(1),
        RetryStats::new(),
    );
    let of = (&breaker, &stats);
    assert!(counted(of, Ok(1)).await.is_ok());
    assert!(counted(of, Err(refused())).await.is_err());
    assert!(counted(of, Ok(1)).await.is_err());
    assert_eq!(
        (stats.calls(), stats.attempts(), stats.retries()),
        (3, 2, 0)
    );
    assert_eq!((stats.first_successes(), stats.later_successes()), (1, 0));
    assert_eq!(stats.failures(StopReason::Attempts), 1);
    assert_eq!(stats.failures(StopReason::CircuitOpen), 1);
    assert_eq!(stats.idle_time(), Duration::ZERO);
}

#[guard(deadline = 1s)]
async fn outer(tries: &Tries) -> io::Result<u32> {
    inner(tries).await
}

#[retry(stop = never(), wait = 400ms, nested = share())]
async fn inner(tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

/// Calls inside find the deadline of a guard as they find that of a retried call.
#[tokio::test(start_paused = true)]
async fn retried_calls_inside_share_the_deadline() {
    let (tries, start) = (Tries::new(), tokio::time::Instant::now());
    assert_eq!(
        outer(&tries).await.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    assert_eq!((tries.made(), elapsed(start)), (3, 800));
}

/// A future that is dropped gives back what it holds.
#[tokio::test(start_paused = true)]
async fn a_dropped_probe_gives_its_permit_back() {
    let breaker = CircuitBreaker::new("probed")
        .consecutive(1)
        .open_for(SECOND);
    let of = (&breaker, &RetryStats::new());
    assert!(counted(of, Err(refused())).await.is_err());
    sleep(SECOND).await;
    let hanging = async { tokio::time::timeout(MS, hangs(&breaker)).await };
    assert!(hanging.await.is_err());
    assert!(counted(of, Ok(1)).await.is_ok());
}

#[guard(breaker = breaker)]
async fn hangs(breaker: &CircuitBreaker) -> io::Result<u32> {
    pending().await
}
