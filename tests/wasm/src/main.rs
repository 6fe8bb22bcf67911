//! Retries on `wasm32-unknown-unknown`, where std's clock and std's sleep panic: a program that a panic ends.
//!
//! Everything before [`clock::set`] needs no clock.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use persevere::CircuitBreaker;
use persevere::{
    CancelToken, RandomSource, RetryPolicy, RetryStats, StopReason, clock, retry, stop, wait,
};

const S: Duration = Duration::from_secs(1);

static NOW: AtomicU64 = AtomicU64::new(0);
static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
static STATS: RetryStats = RetryStats::new();
static TOKEN: CancelToken = CancelToken::new();
static SERVICE: CircuitBreaker = CircuitBreaker::new("service")
    .consecutive(2)
    .open_for(Duration::from_secs(5));

fn main() {
    seeds();
    a_wait_of_none_never_sleeps();
    clock::set(now);
    limits_of_time();
    breakers();
    async_calls();
}

/// The program's clock, which its sleepers move.
fn now() -> Duration {
    Duration::from_millis(NOW.load(Ordering::Relaxed))
}

fn sleep(pause: Duration) {
    NOW.fetch_add(pause.as_millis() as u64, Ordering::Relaxed);
}

fn timer(pause: Duration) -> impl Future<Output = ()> + Send {
    let end = now() + pause;
    // Nothing else would move the clock.
    poll_fn(move |_| {
        sleep(Duration::from_millis(250));
        if now() < end {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let (mut future, mut cx) = (pin!(future), Context::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return value;
        }
    }
}

fn fails() -> io::Result<()> {
    ATTEMPTS.fetch_add(1, Ordering::Relaxed);
    Err(io::ErrorKind::TimedOut.into())
}

/// The attempts since it was last asked.
fn attempts() -> u32 {
    ATTEMPTS.swap(0, Ordering::Relaxed)
}

fn seeds() {
    let drawn = [1, 2].map(|device| {
        RandomSource::seed(device);
        RandomSource::Thread.next_u64()
    });
    assert_ne!(drawn[0], drawn[1]);
}

fn a_wait_of_none_never_sleeps() {
    #[retry(wait = none(), stats = &STATS)]
    fn blocking() -> io::Result<()> {
        fails()
    }
    #[retry(wait = none(), stop = after_attempt(4) | cancelled(&TOKEN), when = transient())]
    fn beside_a_token() -> io::Result<()> {
        fails()
    }
    #[retry(wait = none(), sleep = never)]
    async fn asynchronous() -> io::Result<()> {
        fails()
    }
    async fn never(_: Duration) {
        panic!("slept");
    }

    assert!(blocking().is_err());
    assert_eq!((attempts(), STATS.retries()), (3, 2));
    assert!(beside_a_token().is_err());
    assert_eq!(attempts(), 4);
    assert!(block_on(asynchronous()).is_err());
    assert_eq!(attempts(), 3);
    let policy = RetryPolicy::new()
        .wait(wait::none())
        .stop(stop::after_attempt(5));
    assert!(policy.run(fails).is_err());
    assert_eq!(attempts(), 5);
}

fn limits_of_time() {
    #[retry(stop = never(), wait = 4s, deadline = 10s, sleep = sleep, attempt = at)]
    fn bounded() -> io::Result<()> {
        assert!(at.remaining() <= Some(10 * S));
        fails()
    }
    assert!(bounded().is_err());
    assert_eq!(attempts(), 3);

    let policy = RetryPolicy::new()
        .stop(stop::after_delay(10 * S))
        .wait(wait::exponential(S))
        .sleep(sleep);
    let report = policy.report(fails);
    assert_eq!((report.attempts(), report.elapsed()), (5, 15 * S));
    assert_eq!(report.reason(), Some(StopReason::Elapsed));
    assert_eq!(attempts(), 5);

    let policy = policy.deadline(clock::Instant::now() + 2 * S);
    assert!(policy.run(fails).is_err());
    assert_eq!(attempts(), 2);
}

fn breakers() {
    let call = || SERVICE.call(fails);
    assert!(call().is_err() && call().is_err() && call().is_err());
    assert_eq!(attempts(), 2);
    sleep(6 * S);
    assert!(call().is_err());
    assert_eq!(attempts(), 1);
}

fn async_calls() {
    #[retry(stop = after_attempt(2), wait = exponential(1s).full_jitter(), attempt_timeout = 2s, sleep = timer)]
    async fn slow() -> io::Result<()> {
        ATTEMPTS.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
    let started = now();
    assert!(block_on(slow()).is_err());
    assert_eq!(attempts(), 2);
    assert!(now() - started >= 4 * S);
}
