//! The retry layer around real services.
#![cfg(all(feature = "tower", feature = "tokio"))]

use std::future::{Ready, pending, ready};
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::tower::{CircuitBreakerLayer, NotReplayable, RetryLayer};
use persevere_core::{
    CancelToken, CircuitBreaker, Interrupt, RetryBudget, RetryPolicy, hedge, stop, wait, when,
};
use tokio::time::{Instant, advance, sleep};
use tower::buffer::Buffer;
use tower::limit::ConcurrencyLimit;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};

const SECOND: Duration = Duration::from_secs(1);

/// A service that fails a number of times, and then returns the number of its calls.
#[derive(Clone)]
struct Flaky {
    failures: u32,
    calls: Arc<AtomicU32>,
}

fn flaky(failures: u32) -> Flaky {
    Flaky {
        failures,
        calls: Arc::default(),
    }
}

impl Service<()> for Flaky {
    type Response = u32;
    type Error = BoxError;
    type Future = Ready<Result<u32, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        let calls = self.calls.fetch_add(1, Relaxed) + 1;
        ready(match calls <= self.failures {
            true => Err("refused".into()),
            false => Ok(calls),
        })
    }
}

fn every_second() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
}

/// A service with a readiness that clones do not share. It fails a number of times, and a call without
/// readiness panics.
struct Fussy {
    log: Arc<Mutex<Vec<String>>>,
    clones: Arc<AtomicU32>,
    id: u32,
    unready: Arc<AtomicU32>,
    failures: Arc<AtomicU32>,
    ready: bool,
}

impl Fussy {
    fn new(unready: u32, failures: u32) -> Self {
        Fussy {
            log: Arc::default(),
            clones: Arc::default(),
            id: 0,
            unready: Arc::new(unready.into()),
            failures: Arc::new(failures.into()),
            ready: false,
        }
    }

    fn note(&self, what: &str) {
        let line = format!("{what} {}", self.id);
        self.log.lock().unwrap().push(line);
    }
}

impl Clone for Fussy {
    fn clone(&self) -> Self {
        Fussy {
            log: Arc::clone(&self.log),
            clones: Arc::clone(&self.clones),
            id: self.clones.fetch_add(1, Relaxed) + 1,
            unready: Arc::clone(&self.unready),
            failures: Arc::clone(&self.failures),
            ready: false,
        }
    }
}

fn count_down(count: &AtomicU32) -> bool {
    let less = |count: u32| count.checked_sub(1);
    count.fetch_update(Relaxed, Relaxed, less).is_ok()
}

impl Service<()> for Fussy {
    type Response = ();
    type Error = io::Error;
    type Future = Ready<io::Result<()>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if count_down(&self.unready) {
            self.note("unready");
            return Poll::Ready(Err(ErrorKind::NotConnected.into()));
        }
        self.note("ready");
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        assert!(
            std::mem::take(&mut self.ready),
            "called before it was ready"
        );
        self.note("call");
        ready(match count_down(&self.failures) {
            true => Err(ErrorKind::TimedOut.into()),
            false => Ok(()),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_and_pauses() {
    let start = Instant::now();
    let service = RetryLayer::new(every_second()).layer(flaky(2));
    assert_eq!(service.oneshot(()).await.unwrap(), 3);
    assert_eq!(start.elapsed(), 2 * SECOND);

    let service = RetryLayer::new(every_second()).layer(flaky(9));
    assert_eq!(
        service.oneshot(()).await.unwrap_err().to_string(),
        "refused"
    );
    assert_eq!(start.elapsed(), 4 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_response_can_be_a_failure() {
    let policy = every_second().when(when::ok(|calls: &u32| *calls < 3));
    let service = RetryLayer::new(policy).layer(flaky(0));
    assert_eq!(service.oneshot(()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_calls_the_clone_that_is_ready() {
    let fussy = Fussy::new(0, 2);
    let log = Arc::clone(&fussy.log);
    let mut service = RetryLayer::new(every_second()).layer(fussy);
    service.ready().await.unwrap().call(()).await.unwrap();
    // Clone 1 stays in the service.
    let first = ["ready 0", "call 0"];
    let retries = ["ready 2", "call 2", "ready 3", "call 3"];
    assert_eq!(*log.lock().unwrap(), [&first[..], &retries].concat());
    log.lock().unwrap().clear();
    service.ready().await.unwrap().call(()).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["ready 1", "call 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_clone_has_no_part_in_the_readiness() {
    let fussy = Fussy::new(0, 0);
    let log = Arc::clone(&fussy.log);
    let mut service = RetryLayer::new(every_second()).layer(fussy);
    service.ready().await.unwrap();
    let mut clone = service.clone();
    clone.call(()).await.unwrap();
    service.call(()).await.unwrap();
    // Clone 1 is in the clone, and clone 3 was made from it for the attempt.
    assert_eq!(
        *log.lock().unwrap(),
        ["ready 0", "ready 3", "call 3", "call 0"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_readiness_is_passed_on() {
    let mut service = RetryLayer::new(every_second()).layer(Fussy::new(1, 0));
    let error = service.ready().await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotConnected);
    service.ready().await.unwrap().call(()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_lost_before_a_retry_ends_the_call() {
    let fussy = Fussy::new(0, 1);
    let (log, unready) = (Arc::clone(&fussy.log), Arc::clone(&fussy.unready));
    let mut service = RetryLayer::new(every_second()).layer(fussy);
    let start = Instant::now();
    let call = service.ready().await.unwrap().call(());
    unready.store(9, Relaxed);
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConnected);
    assert_eq!(start.elapsed(), SECOND);
    assert_eq!(log.lock().unwrap().len(), 3); // ready, call, unready
}

#[tokio::test(start_paused = true)]
async fn nothing_is_held_in_a_pause() {
    let service = RetryLayer::new(every_second()).layer(ConcurrencyLimit::new(flaky(1), 1));
    let start = Instant::now();
    let paused = tokio::spawn(service.clone().oneshot(()));
    tokio::task::yield_now().await;
    assert_eq!(service.oneshot(()).await.unwrap(), 2);
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(paused.await.unwrap().unwrap(), 3);
    assert_eq!(start.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_timeout_holds_for_the_wait_until_ready() {
    let limited = ConcurrencyLimit::new(flaky(9), 1);
    let semaphore = limited.clone();
    let service = RetryLayer::new(every_second().attempt_timeout(2 * SECOND)).layer(limited);
    let start = Instant::now();
    let call = tokio::spawn(service.oneshot(()));
    tokio::task::yield_now().await;
    // The first attempt has failed. The others find the only place taken.
    let mut taken = semaphore;
    taken.ready().await.unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Interrupt::AttemptTimeout));
    assert_eq!(start.elapsed(), (1 + 2 + 1 + 2) * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_buffer_makes_clones_of_any_service() {
    struct Single(u32);

    impl Service<()> for Single {
        type Response = u32;
        type Error = BoxError;
        type Future = Ready<Result<u32, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            self.0 += 1;
            ready(match self.0 {
                ..3 => Err("refused".into()),
                calls => Ok(calls),
            })
        }
    }

    let service = RetryLayer::new(every_second()).layer(Buffer::new(Single(0), 1));
    assert_eq!(service.clone().oneshot(()).await.unwrap(), 3);
    assert_eq!(service.oneshot(()).await.unwrap(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_repeated_is_refused_before_the_first_attempt() {
    let fussy = Fussy::new(0, 9);
    let log = Arc::clone(&fussy.log);
    let mut service = RetryLayer::new(every_second())
        .replay(|(): &()| None)
        .layer(fussy);
    for _ in 0..2 {
        let error = service.ready().await.unwrap().call(()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.get_ref().unwrap().is::<NotReplayable>());
    }
    assert_eq!(*log.lock().unwrap(), ["ready 0", "ready 0"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_repeated_is_sent_once_where_the_layer_is_told_so() {
    static STREAMS: CircuitBreaker = CircuitBreaker::new("streams").consecutive(2);
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let refuses = service_fn(move |_: bool| {
        counted.fetch_add(1, Relaxed);
        async { Err::<(), BoxError>("refused".into()) }
    });
    let hedged = every_second()
        .attempt_timeout(SECOND)
        .hedge(hedge::delay(SECOND / 10).copies(2))
        .breaker(&STREAMS);
    let service = RetryLayer::new(hedged)
        .replay(|repeats: &bool| repeats.then_some(true))
        .or_once()
        .layer(refuses);
    let start = Instant::now();
    let error = service.clone().oneshot(false).await.unwrap_err();
    assert_eq!(error.to_string(), "refused");
    assert_eq!((calls.load(Relaxed), start.elapsed()), (1, Duration::ZERO));
    assert_eq!(STREAMS.counts().failures, 1);
    service.oneshot(true).await.unwrap_err();
    assert_eq!(STREAMS.state(), State::Open);
    assert_eq!(calls.load(Relaxed), 3); // an attempt of two copies
}

#[tokio::test(start_paused = true)]
async fn requests_are_repeated_by_what_copies_them() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let service = service_fn(move |number: Number| {
        log.lock().unwrap().push(number.0);
        async { Err::<(), BoxError>("refused".into()) }
    });
    /// A request without `Clone`.
    struct Number(u32);
    let service = RetryLayer::new(every_second())
        .replay(|number: &Number| Some(Number(number.0)))
        .layer(service);
    service.oneshot(Number(7)).await.unwrap_err();
    assert_eq!(*seen.lock().unwrap(), [7, 7, 7]);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_ends_the_call_and_refuses_the_next_one() {
    let breaker = Arc::new(CircuitBreaker::new("service").consecutive(2));
    let inner = flaky(9);
    let service =
        RetryLayer::new(every_second().breaker(Arc::clone(&breaker))).layer(inner.clone());
    let start = Instant::now();
    let error = service.clone().oneshot(()).await.unwrap_err();
    assert_eq!(error.to_string(), "refused");
    assert_eq!((breaker.state(), start.elapsed()), (State::Open, SECOND));

    let error = service.oneshot(()).await.unwrap_err();
    let retry_after = Some(30 * SECOND);
    let open = Interrupt::CircuitOpen { retry_after };
    assert_eq!(error.downcast_ref(), Some(&open));
    assert_eq!(inner.calls.load(Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_shared_by_calls() {
    static BUDGET: RetryBudget = RetryBudget::total(3);
    let inner = flaky(9);
    let service = RetryLayer::new(every_second().budget(&BUDGET)).layer(inner.clone());
    for calls in [3, 5, 6] {
        service.clone().oneshot(()).await.unwrap_err();
        assert_eq!(inner.calls.load(Relaxed), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_cuts_the_attempt() {
    let policy = every_second().deadline(10 * SECOND);
    let never = service_fn(|()| pending::<Result<(), BoxError>>());
    let start = Instant::now();
    let error = RetryLayer::new(policy)
        .layer(never)
        .oneshot(())
        .await
        .unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Interrupt::Deadline));
    assert_eq!(start.elapsed(), 10 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_the_pause() {
    static SHUTDOWN: CancelToken = CancelToken::new();
    let policy = every_second().stop(stop::cancelled(&SHUTDOWN));
    let call = tokio::spawn(RetryLayer::new(policy).layer(flaky(9)).oneshot(()));
    sleep(SECOND / 2).await;
    SHUTDOWN.cancel();
    let start = Instant::now();
    assert_eq!(call.await.unwrap().unwrap_err().to_string(), "refused");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn copies_of_an_attempt_have_a_service_each() {
    let slow_at_first = {
        let calls = AtomicU32::new(0);
        service_fn(move |()| {
            let slow = calls.fetch_add(1, Relaxed) == 0;
            async move {
                sleep(if slow { 60 * SECOND } else { SECOND }).await;
                Ok::<_, BoxError>(slow)
            }
        })
    };
    let shared = Buffer::new(slow_at_first, 2);
    let policy = every_second().hedge(hedge::delay(SECOND).copies(2));
    let service = RetryLayer::new(policy).layer(shared);
    let start = Instant::now();
    assert!(!service.oneshot(()).await.unwrap());
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_drops_its_attempt_and_what_it_holds() {
    let breaker = Arc::new(CircuitBreaker::new("service").consecutive(1));
    let limited = ConcurrencyLimit::new(service_fn(|()| pending::<Result<(), BoxError>>()), 1);
    let policy = every_second().breaker(Arc::clone(&breaker));
    let mut service = RetryLayer::new(policy).layer(limited.clone());
    breaker.try_enter().unwrap().failure();
    advance(30 * SECOND).await;

    let call = service.ready().await.unwrap().call(());
    assert!(tokio::time::timeout(SECOND, call).await.is_err());
    // The place, and the permit of the probe, are free again.
    assert!(
        tokio::time::timeout(SECOND, limited.clone().ready())
            .await
            .is_ok()
    );
    assert!(breaker.try_enter().is_ok());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_called_before_the_future_is_polled() {
    let inner = flaky(0);
    let mut service = RetryLayer::new(every_second()).layer(inner.clone());
    drop(service.ready().await.unwrap().call(()));
    assert_eq!(inner.calls.load(Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn layers_in_a_stack() {
    let breaker = Arc::new(CircuitBreaker::new("service").consecutive(5));
    let service = ServiceBuilder::new()
        .buffer(8)
        .layer(RetryLayer::new(every_second()))
        .layer(CircuitBreakerLayer::new(Arc::clone(&breaker)))
        .concurrency_limit(1)
        .service(flaky(2));
    assert_eq!(service.oneshot(()).await.unwrap(), 3);
    assert_eq!(breaker.counts().failures, 2);
}

/// A response that holds the only connection of its service until it is dropped.
type Held = (u16, tokio::sync::OwnedSemaphorePermit);

#[tokio::test(start_paused = true)]
async fn a_retried_response_gives_its_connection_back_before_the_pause() {
    let pool = Arc::new(tokio::sync::Semaphore::new(1));
    let calls = Arc::new(AtomicU32::new(0));
    let service = service_fn(move |()| {
        let (pool, calls) = (Arc::clone(&pool), Arc::clone(&calls));
        async move {
            let connection = pool.acquire_owned().await?;
            let status = if calls.fetch_add(1, Relaxed) < 2 {
                503
            } else {
                200
            };
            Ok::<Held, BoxError>((status, connection))
        }
    });
    let policy = every_second()
        .when(when::ok(|response: &Held| response.0 == 503))
        .deadline(60 * SECOND);
    let service = RetryLayer::new(policy).layer(service);
    assert_eq!(service.oneshot(()).await.unwrap().0, 200);
}
