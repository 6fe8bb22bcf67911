//! The breaker layer without retries.
#![cfg(all(feature = "tower", feature = "tokio"))]

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::tower::{CircuitBreakerLayer, CircuitBreakerService};
use persevere_core::{CircuitBreaker, Interrupt, when};
use tokio::time::{advance, timeout};
use tower::limit::ConcurrencyLimit;
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

const SECOND: Duration = Duration::from_secs(1);

type Shared = Arc<CircuitBreaker>;

fn breaker() -> Shared {
    Arc::new(CircuitBreaker::new("service").consecutive(1))
}

/// Returns a service that answers with the outcome in its request.
fn echo(
    breaker: &Shared,
    calls: &Arc<AtomicU32>,
) -> CircuitBreakerService<
    impl Service<Result<u32, u16>, Response = u32, Error = BoxError, Future: Send> + Clone + use<>,
    Shared,
> {
    let calls = Arc::clone(calls);
    let echo = service_fn(move |answer: Result<u32, u16>| {
        calls.fetch_add(1, Relaxed);
        async move { answer.map_err(|status| BoxError::from(status.to_string())) }
    });
    CircuitBreakerLayer::new(Arc::clone(breaker)).layer(echo)
}

#[tokio::test(start_paused = true)]
async fn while_it_is_open_nothing_is_called() {
    let (breaker, calls) = (breaker(), Arc::default());
    let service = echo(&breaker, &calls);
    let error = service.clone().oneshot(Err(503)).await.unwrap_err();
    assert_eq!(error.to_string(), "503");
    let error = service.clone().oneshot(Ok(1)).await.unwrap_err();
    let retry_after = Some(30 * SECOND);
    let open = Interrupt::CircuitOpen { retry_after };
    assert_eq!(error.downcast_ref(), Some(&open));
    assert_eq!(calls.load(Relaxed), 1);

    advance(30 * SECOND).await;
    assert_eq!(service.oneshot(Ok(1)).await.unwrap(), 1);
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_view_says_what_counts() {
    static SERVICE: CircuitBreaker = CircuitBreaker::new("service").consecutive(1);
    let servers = when::err(|status: &Status| status.0 >= 500);
    let service = CircuitBreakerLayer::new(SERVICE.failures(servers)).layer(service_fn(
        |status| async move { Err::<(), _>(Status(status)) },
    ));
    service.clone().oneshot(404).await.unwrap_err();
    assert_eq!(SERVICE.state(), State::Closed);
    service.clone().oneshot(503).await.unwrap_err();
    assert_eq!(SERVICE.state(), State::Open);
    assert_eq!(service.oneshot(404).await, Err(Status(0)));

    #[derive(Debug, PartialEq)]
    struct Status(u16);

    impl From<Interrupt> for Status {
        fn from(_: Interrupt) -> Self {
            Status(0)
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_returns_its_permit() {
    let breaker = breaker();
    breaker.try_enter().unwrap().failure();
    advance(30 * SECOND).await;
    let never = service_fn(|()| pending::<Result<(), BoxError>>());
    let mut service = CircuitBreakerLayer::new(Arc::clone(&breaker)).layer(never);
    for _ in 0..2 {
        let probe = service.call(());
        assert!(breaker.try_enter().is_err());
        assert!(timeout(SECOND / 10, probe).await.is_err());
        drop(service.call(())); // never polled
    }
    assert_eq!(breaker.counts().ignored, 4);
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure() {
    let breaker = breaker();
    let panics = service_fn(|()| async { panic!("on purpose") as Result<(), BoxError> });
    let service = CircuitBreakerLayer::new(Arc::clone(&breaker)).layer(panics);
    let call = tokio::spawn(AssertUnwindSafe(service).0.oneshot(()));
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(breaker.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn it_is_ready_when_the_service_is() {
    let limited = ConcurrencyLimit::new(service_fn(|()| async { Ok::<_, BoxError>(()) }), 1);
    let mut taken = limited.clone();
    taken.ready().await.unwrap();
    let mut service = CircuitBreakerLayer::new(breaker()).layer(limited);
    assert!(timeout(SECOND, service.ready()).await.is_err());
    drop(taken);
    service.ready().await.unwrap().call(()).await.unwrap();
}

#[tokio::test]
async fn a_view_by_error_asks_the_errors_of_the_service() {
    use std::io::{Error, ErrorKind};
    static SERVICE: CircuitBreaker = CircuitBreaker::new("service").consecutive(1);
    let fails = |kind: ErrorKind| {
        CircuitBreakerLayer::new(SERVICE.by_error()).layer(service_fn(move |(): ()| async move {
            Err::<(), _>(Error::from(kind))
        }))
    };
    fails(ErrorKind::NotFound).oneshot(()).await.unwrap_err();
    assert_eq!(SERVICE.counts().failures, 0);
    fails(ErrorKind::TimedOut).oneshot(()).await.unwrap_err();
    assert_eq!(SERVICE.counts().failures, 1);
}
