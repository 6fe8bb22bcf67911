//! Circuit breakers around futures: cancelled, panicking, and on tokio's paused clock.
#![cfg(feature = "tokio")]

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::{CircuitBreaker, Interrupt, when};
use tokio::time::{advance, sleep};

type Outcome = Result<u8, Interrupt>;

const SECOND: Duration = Duration::from_secs(1);
const FAILED: Outcome = Err(Interrupt::AttemptTimeout);

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns a breaker that is open for 30 s, by tokio's clock.
async fn opened() -> CircuitBreaker {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    assert_eq!(breaker.call_async(async { FAILED }).await, FAILED);
    assert_eq!(breaker.state(), State::Open);
    breaker
}

#[tokio::test(start_paused = true)]
async fn the_paused_clock_opens_and_closes() {
    let breaker = opened().await;
    let refused = breaker.call_async(async { Outcome::Ok(1) }).await;
    let retry_after = Some(30 * SECOND);
    assert_eq!(refused, Err(Interrupt::CircuitOpen { retry_after }));
    advance(29 * SECOND).await;
    assert!(breaker.try_enter().is_err());
    advance(SECOND).await;
    let slow = async {
        sleep(SECOND).await;
        Outcome::Ok(1)
    };
    assert_eq!(breaker.call_async(slow).await, Ok(1));
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_probe_returns_its_permit() {
    let breaker = opened().await;
    advance(30 * SECOND).await;
    {
        let mut probe = pin!(breaker.call_async(pending::<Outcome>()));
        assert!(poll(probe.as_mut()).is_pending());
        assert!(poll(probe).is_pending());
        assert!(breaker.try_enter().is_err());
    }
    assert_eq!(breaker.counts().ignored, 1);
    assert_eq!(breaker.call_async(async { Outcome::Ok(1) }).await, Ok(1));
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_panics_has_failed_whenever_it_is_dropped() {
    let breaker = opened().await;
    advance(30 * SECOND).await;
    let mut probe = Box::pin(breaker.call_async(async {
        sleep(SECOND).await;
        if true {
            panic!("in the body");
        }
        Outcome::Ok(1)
    }));
    assert!(poll(probe.as_mut()).is_pending());
    advance(SECOND).await;
    let polled = catch_unwind(AssertUnwindSafe(|| poll(probe.as_mut())));
    assert!(polled.is_err());
    assert_eq!(breaker.state(), State::Open);
    drop(probe);
    assert_eq!(breaker.counts().ignored, 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_the_first_poll() {
    let breaker = opened().await;
    let call = breaker.call_async(async { Outcome::Ok(1) });
    advance(30 * SECOND).await;
    assert_eq!(
        (breaker.state(), breaker.counts().half_opened),
        (State::HalfOpen, 0)
    );
    assert_eq!(call.await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_view_weighs_what_futures_give() {
    let breaker = CircuitBreaker::new("b").consecutive(1);
    let view = breaker.failures(when::ok(|value: &u8| *value == 0));
    assert_eq!(view.call_async(async { FAILED }).await, FAILED);
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(view.call_async(async { Outcome::Ok(0) }).await, Ok(0));
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn the_future_is_send_and_adds_a_permit() {
    fn is_send<T: Send>(value: T) -> usize {
        size_of_val(&value)
    }
    static BREAKER: CircuitBreaker = CircuitBreaker::new("b");
    let body = async {
        std::future::ready(()).await;
        Outcome::Ok(1)
    };
    let bare = size_of_val(&body);
    assert!(is_send(BREAKER.call_async(body)) <= bare + 8 * 8);
}
