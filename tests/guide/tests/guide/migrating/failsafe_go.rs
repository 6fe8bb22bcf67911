//! From failsafe-go.

use std::io;
use std::time::Duration;

use persevere::breaker::time;
use persevere::{CircuitBreaker, GiveUp, Interrupt, RetryBudget, RetryPolicy, retry};


static BREAKER: CircuitBreaker = CircuitBreaker::new("breaker")
    .consecutive(5)
    .failures_within(5, Duration::from_secs(60))
    .failure_rate(0.2, time(Duration::from_secs(60))).minimum(5)
    .probes(4).successes(3)
    .open_for(Duration::from_secs(5));
static BUDGET: RetryBudget = RetryBudget::in_flight(3, 0.2);

#[derive(Debug, PartialEq)]
enum Error {
    Denied,
    Busy,
    Refused,
}

impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::CircuitOpen { retry_after } => {
                println!("open for {retry_after:?}");
                Error::Refused
            }
            _ => Error::Busy,
        }
    }
}

fn instead(_: GiveUp<Result<u32, Error>>) -> Result<u32, Error> {
    Ok(0)
}

#[retry(
    stop = after_attempt(4),
    wait = exponential(1s).max(30s).jitter_ratio(0.25),
    unless = Err(Error::Denied),
    breaker = &BREAKER,
    budget = &BUDGET,
    deadline = 10s,
    attempt_timeout = 2s,
    hedge = delay(50ms).copies(2),
    fallback = instead,
)]
async fn guarded() -> Result<u32, Error> {
    Err(Error::Denied)
}

fn f(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ResourceBusy
}

#[retry(stop = before_delay(1min), when = err(f))]
fn limited() -> io::Result<u32> {
    Ok(1)
}

fn get() -> io::Result<u32> {
    Ok(1)
}

#[tokio::test]
async fn calls_run() {
    assert_eq!(guarded().await, Err(Error::Denied));
    assert_eq!(limited().unwrap(), 1);
    let policy = RetryPolicy::new();
    let f = get;
    assert_eq!(policy.run(f).unwrap(), 1);
}
