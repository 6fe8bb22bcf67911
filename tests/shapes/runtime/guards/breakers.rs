//! Circuit breakers in front of attempts.

use std::future::Future;

use persevere::breaker::State;
use persevere::{Policy, RetryPolicy, RetryStats};

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

#[retry(breaker = breaker)]
fn panics_blocking(breaker: &CircuitBreaker) -> io::Result<()> {
    panic!("on purpose")
}

#[retry(breaker = breaker)]
async fn panics_polled(breaker: &CircuitBreaker) -> io::Result<()> {
    tokio::task::yield_now().await;
    panic!("on purpose")
}

#[retry(breaker = breaker, hedge = delay(1s), attempt_timeout = 9s)]
async fn panics_hedged(breaker: &CircuitBreaker) -> io::Result<()> {
    tokio::task::yield_now().await;
    panic!("on purpose")
}

#[persevere::circuit_breaker(breaker)]
async fn panics_alone(breaker: &CircuitBreaker) -> io::Result<()> {
    panic!("on purpose")
}

#[retry(breaker = breaker, when = err(|_| panic!("on purpose")))]
async fn panics_when_asked(breaker: &CircuitBreaker) -> io::Result<()> {
    Err(refused())
}

#[retry(breaker = breaker, hedge = delay(1s), when = err(|_| panic!("on purpose")))]
async fn panics_when_raced(breaker: &CircuitBreaker) -> io::Result<()> {
    Err(refused())
}

/// Polls a future until it panics, which is caught, and drops it later.
async fn caught<F: Future>(future: F) {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| {
        let poll = std::panic::AssertUnwindSafe(|| future.as_mut().poll(cx).is_ready());
        match std::panic::catch_unwind(poll) {
            Ok(over) => {
                assert!(!over, "it should have panicked");
                std::task::Poll::Pending
            }
            Err(_) => std::task::Poll::Ready(()),
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_body_is_a_failure_even_if_it_is_caught() {
    let breaker = || CircuitBreaker::new("test").consecutive(1);
    let failed = |breaker: &CircuitBreaker| breaker.state() == State::Open;
    let blocking = breaker();
    let call = std::panic::AssertUnwindSafe(|| panics_blocking(&blocking));
    assert!(std::panic::catch_unwind(call).is_err() && failed(&blocking));
    let polled = breaker();
    caught(panics_polled(&polled)).await;
    assert!(failed(&polled));
    let hedged = breaker();
    caught(panics_hedged(&hedged)).await;
    assert!(failed(&hedged));
    let alone = breaker();
    caught(panics_alone(&alone)).await;
    assert!(failed(&alone));
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_a_predicate_is_no_failure() {
    let breaker = CircuitBreaker::new("test").consecutive(1);
    caught(panics_when_asked(&breaker)).await;
    caught(panics_when_raced(&breaker)).await;
    let counts = breaker.counts();
    assert_eq!((counts.failures, counts.ignored), (0, 2));
}

static WAITING: RetryStats = RetryStats::new();

fn waiting(breaker: &CircuitBreaker) -> impl Policy<io::Result<u8>> {
    RetryPolicy::new()
        .breaker(persevere::breaker::wait_for(breaker))
        .stats(&WAITING)
}

#[retry(policy = waiting(breaker), name = "waits")]
async fn waits_by_policy(breaker: &CircuitBreaker) -> io::Result<u8> {
    Ok(1)
}

#[retry(breaker = wait_for(breaker), stats = &WAITING)]
async fn waits_by_keys(breaker: &CircuitBreaker) -> io::Result<u8> {
    Ok(1)
}

/// As statistics of policies at run time count it.
#[tokio::test(start_paused = true)]
async fn a_wait_for_a_breaker_is_no_pause() {
    for by_policy in [false, true] {
        let breaker = CircuitBreaker::new("test").consecutive(1);
        breaker.try_enter().unwrap().failure();
        let mut call = Box::pin(async {
            match by_policy {
                true => waits_by_policy(&breaker).await,
                false => waits_by_keys(&breaker).await,
            }
        });
        let half = tokio::time::timeout(SECOND, &mut call);
        assert!(half.await.is_err());
        assert_eq!(WAITING.asleep(), 1);
        call.await.unwrap();
        assert_eq!((WAITING.asleep(), WAITING.idle_time()), (0, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_waited_for_wakes_the_call() {
    #[retry(breaker = wait_for(breaker))]
    async fn waits(breaker: &CircuitBreaker) -> io::Result<u8> {
        Ok(1)
    }
    #[retry(breaker = wait_for(breaker), stop = cancelled(token))]
    async fn listens(breaker: &CircuitBreaker, token: &persevere::CancelToken) -> io::Result<u8> {
        Ok(1)
    }
    let breaker = CircuitBreaker::new("test").consecutive(1);
    let token = persevere::CancelToken::new();
    for listening in [false, true] {
        breaker.try_enter().unwrap().failure();
        let start = tokio::time::Instant::now();
        let call = async {
            match listening {
                true => listens(&breaker, &token).await,
                false => waits(&breaker).await,
            }
        };
        let (waited, ()) = tokio::join!(call, async {
            tokio::time::sleep(5 * SECOND).await;
            breaker.reset();
        });
        assert_eq!(waited.unwrap(), 1);
        assert_eq!(start.elapsed(), 5 * SECOND);
    }
}

#[test]
fn a_breaker_that_is_waited_for_wakes_the_thread() {
    #[retry(breaker = wait_for(breaker))]
    fn waits(breaker: &CircuitBreaker) -> io::Result<u8> {
        Ok(1)
    }
    #[retry(breaker = wait_for(breaker), stop = cancelled(token))]
    fn listens(breaker: &CircuitBreaker, token: &persevere::CancelToken) -> io::Result<u8> {
        Ok(1)
    }
    let breaker = CircuitBreaker::new("test")
        .consecutive(1)
        .open_for(3600 * SECOND);
    let token = persevere::CancelToken::new();
    for listening in [false, true] {
        breaker.try_enter().unwrap().failure();
        std::thread::scope(|scope| {
            let call = scope.spawn(|| match listening {
                true => listens(&breaker, &token),
                false => waits(&breaker),
            });
            std::thread::sleep(Duration::from_millis(20));
            breaker.reset();
            assert_eq!(call.join().unwrap().unwrap(), 1);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_leaves_the_line_before_its_fallback() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("line")
        .consecutive(1)
        .open_for(Duration::from_secs(3600));
    static TOKEN: persevere::CancelToken = persevere::CancelToken::new();
    #[retry(
        breaker = persevere::breaker::wait_for(&BREAKER),
        stop = cancelled(&TOKEN),
        fallback = async |_| { tokio::time::sleep(60 * SECOND).await; Ok(0) },
    )]
    async fn first() -> io::Result<u8> {
        Ok(1)
    }
    #[retry(breaker = persevere::breaker::wait_for(&BREAKER))]
    async fn second() -> io::Result<u8> {
        Ok(2)
    }
    BREAKER.try_enter().unwrap().failure();
    tokio::time::advance(3600 * SECOND).await;
    let probe = BREAKER.try_enter().unwrap();
    tokio::time::advance(1800 * SECOND).await;
    let start = tokio::time::Instant::now();
    // Tasks of their own: what wakes one does not poll the other.
    let first = tokio::spawn(first());
    tokio::task::yield_now().await;
    let second = tokio::spawn(async move { (second().await.unwrap(), start.elapsed()) });
    tokio::time::sleep(SECOND).await;
    TOKEN.cancel();
    tokio::time::sleep(SECOND).await;
    drop(probe);
    assert_eq!(second.await.unwrap(), (2, 2 * SECOND));
    assert_eq!(first.await.unwrap().unwrap(), 0);
}

#[derive(Debug)]
struct Busy(u64);

impl persevere::Transient for Busy {
    fn verdict(&self) -> persevere::Verdict {
        persevere::Verdict::RetryAfter(Duration::from_secs(self.0))
    }
}

impl From<Interrupt> for Busy {
    fn from(_: Interrupt) -> Self {
        Busy(0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_how_long_the_breaker_stays_open() {
    #[retry(when = transient(), breaker = breaker, stop = after_attempt(1))]
    async fn asks(breaker: &CircuitBreaker) -> Result<(), Busy> {
        Err(Busy(20))
    }
    #[persevere::circuit_breaker(breaker.by_error())]
    async fn asks_alone(breaker: &CircuitBreaker) -> Result<(), Busy> {
        Err(Busy(20))
    }
    let breaker = CircuitBreaker::new("test").consecutive(1).open_for(SECOND);
    let left = || breaker.try_enter().unwrap_err().retry_after;
    assert!(asks(&breaker).await.is_err());
    assert_eq!(left(), Some(20 * SECOND));
    breaker.reset();
    assert!(asks_alone(&breaker).await.is_err());
    assert_eq!(left(), Some(20 * SECOND));
}
