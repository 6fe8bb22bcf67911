//! Circuit breakers in front of attempts.

use super::*;

#[retry(stop = never(), wait = 1s, breaker = breaker)]
async fn through(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    tries.next();
    Err(refused())
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_ends_the_call_with_the_outcome_it_has() {
    let breaker = CircuitBreaker::new("test")
        .consecutive(3)
        .open_for(30 * SECOND);
    let tries = Tries::new();
    let error = through(&breaker, &tries).await.unwrap_err();
    assert_eq!(tries.made(), 3);
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let error = through(&breaker, &tries).await.unwrap_err();
    assert_eq!(tries.made(), 3);
    let left = Interrupt::CircuitOpen {
        retry_after: Some(30 * SECOND),
    };
    assert_eq!(interrupt_of(&error), Some(left));
}

#[retry(stop = after_attempt(5), wait = none(), breaker = wait_for(breaker), deadline = 1min)]
async fn patient(breaker: &CircuitBreaker, tries: &Tries) -> io::Result<u32> {
    match tries.next() {
        n @ 4.. => Ok(n),
        _ => Err(refused()),
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_can_be_waited_for() {
    let breaker = CircuitBreaker::new("test")
        .consecutive(3)
        .open_for(30 * SECOND);
    let paused = tokio::time::Instant::now();
    assert_eq!(patient(&breaker, &Tries::new()).await.unwrap(), 4);
    assert_eq!(paused.elapsed().as_secs(), 30);
    let breaker = CircuitBreaker::new("test")
        .consecutive(3)
        .open_for(90 * SECOND);
    let (paused, tries) = (tokio::time::Instant::now(), Tries::new());
    assert!(patient(&breaker, &tries).await.is_err());
    assert_eq!((paused.elapsed().as_secs(), tries.made()), (0, 3));
}

#[retry(
    wait = none(),
    breaker = breaker.failures(err(|e| e.0 == 2)),
    interrupt = |_| Err(Refused(99)),
)]
fn viewed(breaker: &CircuitBreaker, code: u32) -> Result<(), Refused> {
    Err(Refused(code))
}

#[test]
fn what_counts_as_a_failure_is_the_callers() {
    let breaker = CircuitBreaker::new("test").consecutive(3);
    assert_eq!(viewed(&breaker, 1), Err(Refused(1)));
    assert_eq!(viewed(&breaker, 1), Err(Refused(1)));
    assert_eq!(viewed(&breaker, 2), Err(Refused(2)));
    assert_eq!(viewed(&breaker, 2), Err(Refused(99)));
}

static OPENED: CircuitBreaker = CircuitBreaker::new("opened");

#[retry(breaker = &OPENED, fallback = |give_up: GiveUp<Option<u32>>| Some(match give_up.reason() {
    StopReason::CircuitOpen => give_up.attempts(),
    _ => 9,
}))]
async fn fallen_back() -> Option<u32> {
    Some(7)
}

#[tokio::test]
async fn a_fallback_knows_the_reason() {
    assert_eq!(fallen_back().await, Some(7));
    OPENED.force_open();
    assert_eq!(fallen_back().await, Some(0));
}

/// The future of an attempt that panics or is dropped gives its permit back.
#[tokio::test(start_paused = true)]
async fn a_dropped_call_leaves_its_breaker_as_it_was() {
    let breaker = CircuitBreaker::new("test")
        .consecutive(1)
        .open_for(9 * SECOND);
    assert!(through(&breaker, &Tries::new()).await.is_err());
    tokio::time::advance(9 * SECOND).await;
    #[retry(breaker = breaker)]
    async fn stuck(breaker: &CircuitBreaker) -> io::Result<()> {
        std::future::pending().await
    }
    let probe = tokio::time::timeout(SECOND, stuck(&breaker)).await;
    assert!(probe.is_err());
    #[retry(breaker = breaker)]
    async fn fine(breaker: &CircuitBreaker) -> io::Result<u8> {
        Ok(1)
    }
    assert_eq!(fine(&breaker).await.unwrap(), 1);
}
