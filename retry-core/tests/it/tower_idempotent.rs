//! Requests that are not idempotent, in a layer for all requests.
#![cfg(all(feature = "tower", feature = "tokio"))]

use std::future::pending;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::tower::RetryLayer;
use persevere_core::{
    CircuitBreaker, Interrupt, RetryPolicy, StopReason, Transient, Verdict, hedge, stop, wait, when,
};
use tokio::time::sleep;
use tower::{Layer, ServiceExt, service_fn};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    Get,
    Post,
}

use Method::{Get, Post};

fn is_idempotent(method: &Method) -> bool {
    *method == Get
}

fn transient() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>, when::OnTransient> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
        .when(when::transient())
}

/// Counts the attempts of a call whose attempts all behave the same. Evaluates to the count and the outcome.
macro_rules! attempts {
    ($layer:expr, $method:expr, $attempt:expr) => {{
        let seen = AtomicU32::new(0);
        let seen: &'static AtomicU32 = Box::leak(Box::new(seen));
        let service = $layer.layer(service_fn(move |_: Method| {
            seen.fetch_add(1, Relaxed);
            $attempt
        }));
        let outcome = service.oneshot($method).await;
        (seen.load(Relaxed), outcome)
    }};
}

async fn fails(kind: ErrorKind) -> io::Result<u8> {
    Err(kind.into())
}

#[tokio::test(start_paused = true)]
async fn what_may_have_had_an_effect_is_not_repeated() {
    for (method, kind, attempts) in [
        (Get, ErrorKind::ConnectionReset, 3),
        (Get, ErrorKind::ConnectionRefused, 3),
        (Get, ErrorKind::PermissionDenied, 1),
        (Post, ErrorKind::ConnectionReset, 1),
        (Post, ErrorKind::TimedOut, 1),
        (Post, ErrorKind::ConnectionRefused, 3),
        (Post, ErrorKind::PermissionDenied, 1),
    ] {
        let layer = RetryLayer::new(transient()).idempotent(is_idempotent);
        let (seen, outcome) = attempts!(layer, method, fails(kind));
        assert_eq!(seen, attempts, "{method:?}: {kind}");
        assert_eq!(outcome.unwrap_err().kind(), kind);
    }
}

/// The error of a client that may follow redirects.
#[derive(Debug)]
struct Unreachable;

impl Transient for Unreachable {
    fn verdict(&self) -> Verdict {
        Verdict::Retry
    }

    fn unsent_without_redirects(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_follows_no_redirects_proves_more() {
    let layer = || RetryLayer::new(transient()).idempotent(is_idempotent);
    let fails = || async { Err::<u8, _>(Unreachable) };
    assert_eq!(attempts!(layer(), Post, fails()).0, 1);
    assert_eq!(attempts!(layer().no_redirects(), Post, fails()).0, 3);
    assert_eq!(attempts!(layer(), Get, fails()).0, 3);
}

#[tokio::test(start_paused = true)]
async fn of_several_rules_each_has_to_say_yes() {
    let reset = ErrorKind::ConnectionReset;
    for (inner, outer, attempts) in [
        (true, true, 3),
        (true, false, 1),
        (false, true, 1),
        (false, false, 1),
    ] {
        let layer = RetryLayer::new(transient())
            .idempotent(move |_: &Method| inner)
            .idempotent(move |_: &Method| outer);
        let (seen, _) = attempts!(layer, Get, fails(reset));
        assert_eq!(seen, attempts, "{inner} {outer}");
    }
    // A fact about the client holds for both.
    let layer = RetryLayer::new(transient())
        .idempotent(is_idempotent)
        .no_redirects()
        .idempotent(is_idempotent);
    assert_eq!(
        attempts!(layer, Post, async { Err::<u8, _>(Unreachable) }).0,
        3
    );
}

/// The effect of a cut attempt is unknown.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_may_have_had_an_effect() {
    for (method, attempts) in [(Get, 3), (Post, 1)] {
        let policy = transient().attempt_timeout(SECOND);
        let layer = RetryLayer::new(policy).idempotent(is_idempotent);
        let (seen, outcome) = attempts!(layer, method, pending::<io::Result<u8>>());
        assert_eq!(seen, attempts, "{method:?}");
        let interrupt = outcome.unwrap_err().into_inner().unwrap();
        assert_eq!(interrupt.downcast_ref(), Some(&Interrupt::AttemptTimeout));
    }
}

/// An attempt with an answer has reached the service.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_retried_is_no_proof() {
    for (method, attempts) in [(Get, 3), (Post, 1)] {
        let policy = RetryPolicy::new().when(when::ok(|answer: &u16| *answer == 503));
        let layer = RetryLayer::new(policy).idempotent(is_idempotent);
        let (seen, outcome) = attempts!(layer, method, async { io::Result::Ok(503) });
        assert_eq!((seen, outcome.unwrap()), (attempts, 503), "{method:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_idempotent_has_no_copies() {
    let hedged = || transient().hedge(hedge::delay(SECOND).copies(2));
    async fn slow() -> io::Result<u8> {
        sleep(10 * SECOND).await;
        Ok(1)
    }
    for (method, attempts) in [(Get, 2), (Post, 1)] {
        let layer = RetryLayer::new(hedged()).idempotent(is_idempotent);
        let (seen, outcome) = attempts!(layer, method, slow());
        assert_eq!((seen, outcome.unwrap()), (attempts, 1), "{method:?}");
    }
    // It has retries, if the attempt had no effect.
    let layer = RetryLayer::new(hedged()).idempotent(is_idempotent);
    assert_eq!(
        attempts!(layer, Post, fails(ErrorKind::ConnectionRefused)).0,
        3
    );
    let layer = RetryLayer::new(hedged()).idempotent(is_idempotent);
    assert_eq!(
        attempts!(layer, Post, fails(ErrorKind::ConnectionReset)).0,
        1
    );
}

/// The first attempt is refused, and the second one may have had an effect.
#[tokio::test(start_paused = true)]
async fn each_attempt_is_judged_for_itself() {
    static SEEN: AtomicU32 = AtomicU32::new(0);
    let layer = RetryLayer::new(transient()).idempotent(is_idempotent);
    let service = layer.layer(service_fn(|_: Method| {
        fails(match SEEN.fetch_add(1, Relaxed) {
            0 => ErrorKind::ConnectionRefused,
            _ => ErrorKind::ConnectionReset,
        })
    }));
    let error = service.oneshot(Post).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(SEEN.load(Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn other_rules_of_requests_are_kept() {
    let layer = || {
        let copy = |method: &Method| (*method == Get).then_some(Get);
        RetryLayer::new(transient()).replay(copy)
    };
    let reset = || fails(ErrorKind::ConnectionReset);
    let inside = layer().idempotent(is_idempotent).or_once();
    assert_eq!(attempts!(inside.clone(), Get, reset()).0, 3);
    assert_eq!(attempts!(inside, Post, reset()).0, 1);
    let outside = layer().or_once().idempotent(|_: &Method| false);
    assert_eq!(attempts!(outside, Get, reset()).0, 1);
    let refused = layer().idempotent(is_idempotent);
    let (seen, outcome) = attempts!(refused, Post, reset());
    assert_eq!(
        (seen, outcome.unwrap_err().kind()),
        (0, ErrorKind::InvalidInput)
    );
}

/// The breaker counts the failure of the service, although the request is not repeated.
#[tokio::test(start_paused = true)]
async fn a_breaker_hears_of_what_is_not_repeated() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("stock").consecutive(2);
    for expected in [State::Closed, State::Open] {
        let layer = RetryLayer::new(transient().breaker(&BREAKER)).idempotent(is_idempotent);
        let (seen, _) = attempts!(layer, Post, fails(ErrorKind::ConnectionReset));
        assert_eq!((seen, BREAKER.state()), (1, expected));
    }
}

#[tokio::test(start_paused = true)]
async fn such_an_error_is_final() {
    static REASON: std::sync::Mutex<Option<StopReason>> = std::sync::Mutex::new(None);
    let policy = transient().on_failure(|s: &persevere_core::RetryState<'_, io::Result<u8>>| {
        *REASON.lock().unwrap() = s.reason();
    });
    let layer = RetryLayer::new(policy).idempotent(is_idempotent);
    let _ = attempts!(layer, Post, fails(ErrorKind::ConnectionReset));
    assert_eq!(*REASON.lock().unwrap(), Some(StopReason::Final));
}

#[cfg(feature = "http")]
#[tokio::test(start_paused = true)]
async fn headers_are_read_around_it() {
    use http::{Method, Request};

    let seen = |method: Method| async move {
        static SEEN: AtomicU32 = AtomicU32::new(0);
        SEEN.store(0, Relaxed);
        let policy = transient().deadline(60 * SECOND);
        let layer = RetryLayer::new(policy)
            .idempotent(|request: &Request<()>| request.method().is_idempotent())
            .grpc_timeout()
            .tell_attempts();
        let service = layer.layer(service_fn(|_: Request<()>| {
            SEEN.fetch_add(1, Relaxed);
            fails(ErrorKind::ConnectionReset)
        }));
        let request = Request::builder().method(method).body(()).unwrap();
        assert!(service.oneshot(request).await.is_err());
        SEEN.load(Relaxed)
    };
    assert_eq!(seen(Method::PUT).await, 3);
    assert_eq!(seen(Method::POST).await, 1);
}
