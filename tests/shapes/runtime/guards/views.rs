//! Views of a breaker: their rules for what is a failure.

use super::*;
use persevere::Registry;

static HOSTS: Registry<String, CircuitBreaker> =
    Registry::new(8, |_| CircuitBreaker::new("host").consecutive(1));

#[retry(wait = none(), breaker = HOSTS.get(host).failures(err(|e| e.0 == 7)), interrupt = |_| Err(Refused(0)))]
fn by_host(host: &str, code: u32) -> Result<(), Refused> {
    Err(Refused(code))
}

#[test]
fn a_breaker_of_a_registry_can_be_viewed() {
    assert_eq!(by_host("a", 1), Err(Refused(1)));
    assert_eq!(by_host("a", 7), Err(Refused(7)));
    assert_eq!(by_host("a", 1), Err(Refused(0)));
    assert_eq!(by_host("b", 1), Err(Refused(1)));
}

#[retry(
    attempt_timeout = 1s,
    stop = after_attempt(1),
    breaker = breaker.ignoring(err(|e| e.kind() == ErrorKind::TimedOut)),
)]
async fn ignored(breaker: &CircuitBreaker) -> io::Result<()> {
    std::future::pending().await
}

#[retry(attempt_timeout = 1s, on = Err(e) if e.kind() == ErrorKind::NotFound, breaker = breaker)]
async fn counted(breaker: &CircuitBreaker) -> io::Result<()> {
    std::future::pending().await
}

/// A view says what a timed-out attempt counts; without one it is a failure, final or not.
#[tokio::test(start_paused = true)]
async fn a_timed_out_attempt_is_seen_by_a_view() {
    let breaker = CircuitBreaker::new("test").consecutive(2);
    assert!(ignored(&breaker).await.is_err());
    assert_eq!(
        (breaker.counts().failures, breaker.counts().ignored),
        (0, 1)
    );
    assert!(counted(&breaker).await.is_err());
    assert_eq!(breaker.counts().failures, 1);
}
