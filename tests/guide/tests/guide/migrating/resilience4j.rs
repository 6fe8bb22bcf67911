//! From resilience4j.

use std::io;
use std::time::Duration;

use persevere::breaker::{State, Transition, count, time};
use persevere::{Bulkhead, CircuitBreaker, Interrupt, Registry, RetryError, circuit_breaker, retry};


static COUNTED: CircuitBreaker = CircuitBreaker::new("counted")
    .failure_rate(0.5, count(100)).minimum(20)
    .slow_calls(Duration::from_secs(2), 0.8, count(100))
    .open_for(Duration::from_secs(60)).probes(3)
    .listener(announce);
static TIMED: CircuitBreaker = CircuitBreaker::new("timed").failure_rate(0.5, time(Duration::from_secs(10)));
static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
static HOSTS: Registry<String, CircuitBreaker> = Registry::new(1000, |_host| CircuitBreaker::new("host"));

static TRIED: CircuitBreaker = CircuitBreaker::new("tried").metrics_only();

static REPORTS: Bulkhead = Bulkhead::new("reports", 25).queue(0);

#[derive(Debug)]
enum Error {
    Denied,
}

fn announce(told: &Transition) {
    if !told.would_open() {
        println!("{told}");
    }
}

fn f(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::NotFound
}

fn g(value: &u32) -> bool {
    *value == 0
}

#[retry(breaker = PAYMENTS.failures(err(f)), stop = after_attempt(3), attempt_timeout = 2s, bulkhead = &REPORTS)]
async fn recording() -> io::Result<u32> {
    Ok(1)
}

#[retry(breaker = PAYMENTS.ignoring(err(f)), wait = exponential(500ms).factor(1.5).jitter_ratio(0.5))]
async fn ignoring() -> io::Result<u32> {
    Ok(1)
}

#[retry(breaker = PAYMENTS.by_error(), when = err(f))]
async fn by_error() -> io::Result<u32> {
    Ok(1)
}

#[retry(breaker = HOSTS.get("localhost"), when = ok(g))]
async fn by_host() -> io::Result<u32> {
    Ok(1)
}

#[retry(unless = Err(Error::Denied), wrap_err = true)]
fn wrapped() -> Result<u32, RetryError<Error>> {
    Err(Error::Denied)
}

#[circuit_breaker(&PAYMENTS)]
fn alone() -> io::Result<u32> {
    Ok(1)
}

#[tokio::test]
async fn calls_run() {
    for outcome in [recording().await, ignoring().await, by_error().await, by_host().await, alone()] {
        assert_eq!(outcome.unwrap(), 1);
    }
    assert!(wrapped().is_err());
    PAYMENTS.force_open();
    let refused = PAYMENTS.try_enter().unwrap_err();
    let Interrupt::CircuitOpen { retry_after } = refused.into() else {
        panic!("another interrupt")
    };
    assert_eq!(retry_after, None);
    let d = Duration::from_secs(600);
    PAYMENTS.force_open_for(d);
    PAYMENTS.half_open();
    assert_eq!(PAYMENTS.state(), State::HalfOpen);
    PAYMENTS.force_metrics_only();
    PAYMENTS.reset();
    let _all: Vec<_> = (0..25).map(|_| REPORTS.try_enter().unwrap()).collect();
    let refused = REPORTS.try_enter().unwrap_err();
    assert_eq!(Interrupt::from(refused), Interrupt::BulkheadFull);
    let f = || COUNTED.call(|| TIMED.call(|| Some(1)));
    assert_eq!(PAYMENTS.call(f), Some(1));
}

#[test]
fn one_that_counts_only() {
    for _ in 0..9 {
        let _ = TRIED.call(|| None::<u8>);
    }
    assert!(TRIED.try_enter().is_ok());
    assert_eq!(TRIED.counts().would_have_opened, 1);
}
