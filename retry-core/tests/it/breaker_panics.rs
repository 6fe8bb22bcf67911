//! Panics and circuit breakers: a panic of a call's own body is a failure, caught or not. No other panic is.
#![cfg(all(feature = "tokio", feature = "tower"))]

use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use persevere_core::breaker::State;
use persevere_core::tower::CircuitBreakerLayer;
use persevere_core::{CircuitBreaker, Interrupt, Policy, RetryPolicy, hedge, stop, wait, when};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

type Outcome = Result<u8, Interrupt>;

fn breaker() -> CircuitBreaker {
    CircuitBreaker::new("b").consecutive(1)
}

fn panics<T>() -> T {
    panic!("on purpose")
}

/// Polls a future until it panics, catches the panic, and drops the future later.
async fn caught<F: Future>(future: F) {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        let poll = AssertUnwindSafe(|| future.as_mut().poll(cx));
        match catch_unwind(poll) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(_)) => panic!("it should have panicked"),
            Err(_) => Poll::Ready(()),
        }
    })
    .await;
}

/// Drops an unfinished future while another part of its task panics.
async fn beside_a_panic<F: Future + Send + 'static>(future: F) {
    let task = tokio::spawn(async move {
        let mut future = Box::pin(future);
        let first = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(first.is_pending());
        let _dropped_by_the_panic = future;
        panics::<()>();
    });
    assert!(task.await.unwrap_err().is_panic());
}

#[track_caller]
fn has_failed(breaker: &CircuitBreaker) {
    let counts = breaker.counts();
    assert_eq!(breaker.state(), State::Open);
    assert_eq!((counts.failures, counts.ignored), (1, 0));
}

#[track_caller]
fn was_cancelled(breaker: &CircuitBreaker) {
    let counts = breaker.counts();
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!((counts.failures, counts.ignored), (0, 1));
}

#[test]
fn a_blocking_body_that_panics_has_failed() {
    let by_call = breaker();
    assert!(catch_unwind(AssertUnwindSafe(|| by_call.call(panics::<Outcome>))).is_err());
    has_failed(&by_call);
    let by_view = breaker();
    let view = by_view.failures(when::any_failure());
    assert!(catch_unwind(AssertUnwindSafe(|| view.call(panics::<Outcome>))).is_err());
    has_failed(&by_view);
    let by_policy = breaker();
    let policy = RetryPolicy::new().breaker(&by_policy);
    assert!(catch_unwind(AssertUnwindSafe(|| policy.run(panics::<Outcome>))).is_err());
    has_failed(&by_policy);
}

#[tokio::test(start_paused = true)]
async fn an_async_body_whose_panic_is_caught_has_failed() {
    let by_call = breaker();
    caught(by_call.call_async(async { panics::<Outcome>() })).await;
    has_failed(&by_call);

    let by_policy = breaker();
    let policy = RetryPolicy::new().breaker(&by_policy);
    caught(policy.run_async(|| async {
        tokio::task::yield_now().await;
        panics::<Outcome>()
    }))
    .await;
    has_failed(&by_policy);

    // A panic before the body returns a future.
    let at_once = breaker();
    let policy = RetryPolicy::new().breaker(&at_once);
    caught(policy.run_async(|| ready(panics::<Outcome>()))).await;
    has_failed(&at_once);

    let limited = breaker();
    let policy = RetryPolicy::new()
        .breaker(&limited)
        .deadline(Duration::from_secs(9))
        .attempt_timeout(Duration::from_secs(3));
    caught(policy.run_async(|| async { panics::<Outcome>() })).await;
    has_failed(&limited);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_panics_has_failed() {
    let breaker = breaker();
    let hedge = hedge::delay(Duration::from_secs(1));
    let policy = RetryPolicy::new().breaker(&breaker).hedge(hedge);
    let mut copies = 0;
    caught(policy.run_async(|| {
        copies += 1;
        let second = copies == 2;
        async move {
            tokio::task::yield_now().await;
            if second {
                panics()
            }
            pending::<Outcome>().await
        }
    }))
    .await;
    has_failed(&breaker);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_panics_has_failed() {
    let polled: &'static CircuitBreaker = Box::leak(Box::new(breaker()));
    let service = service_fn(|()| async { panics::<Result<(), BoxError>>() });
    caught(CircuitBreakerLayer::new(polled).layer(service).oneshot(())).await;
    has_failed(polled);

    struct AtOnce;
    impl Service<()> for AtOnce {
        type Response = ();
        type Error = BoxError;
        type Future = std::future::Ready<Result<(), BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            panics()
        }
    }
    let called: &'static CircuitBreaker = Box::leak(Box::new(breaker()));
    let mut service = CircuitBreakerLayer::new(called).layer(AtOnce);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(service.call(())))).is_err());
    has_failed(called);
}

#[tokio::test(start_paused = true)]
async fn a_call_beside_a_panic_was_cancelled() {
    fn leaked() -> &'static CircuitBreaker {
        Box::leak(Box::new(breaker()))
    }
    let by_call = leaked();
    beside_a_panic(by_call.call_async(pending::<Outcome>())).await;
    was_cancelled(by_call);

    let by_policy = leaked();
    beside_a_panic(async move {
        let policy = RetryPolicy::new().breaker(by_policy);
        policy.run_async(pending::<Outcome>).await
    })
    .await;
    was_cancelled(by_policy);

    let by_race = leaked();
    beside_a_panic(async move {
        let hedge = hedge::delay(Duration::from_secs(1));
        let policy = RetryPolicy::new().breaker(by_race).hedge(hedge);
        policy.run_async(pending::<Outcome>).await
    })
    .await;
    was_cancelled(by_race);

    let by_layer = leaked();
    let service = service_fn(|()| pending::<Result<(), BoxError>>());
    beside_a_panic(
        CircuitBreakerLayer::new(by_layer)
            .layer(service)
            .oneshot(()),
    )
    .await;
    was_cancelled(by_layer);
}

/// The body succeeds, and a predicate or a callback of the caller panics.
#[tokio::test(start_paused = true)]
async fn what_is_asked_beside_the_body_may_panic() {
    let by_view = breaker();
    let view = by_view.failures(when::outcome(|_: &Outcome| panics()));
    caught(view.call_async(async { Outcome::Ok(1) })).await;
    was_cancelled(&by_view);

    let by_predicate = breaker();
    let policy = RetryPolicy::new()
        .when(when::outcome(|_: &Outcome| panics()))
        .breaker(&by_predicate);
    caught(policy.run_async(|| ready(Outcome::Ok(1)))).await;
    was_cancelled(&by_predicate);

    let by_race = breaker();
    let policy = RetryPolicy::new()
        .when(when::outcome(|_: &Outcome| panics()))
        .breaker(&by_race)
        .hedge(hedge::delay(Duration::from_secs(1)));
    caught(policy.run_async(|| ready(Outcome::Ok(1)))).await;
    was_cancelled(&by_race);

    let by_callback = breaker();
    let policy = RetryPolicy::new()
        .before(|_: &persevere_core::RetryState<'_, Outcome>| panics())
        .breaker(&by_callback);
    let call = AssertUnwindSafe(|| policy.run(|| Outcome::Ok(1)));
    assert!(catch_unwind(call).is_err());
    was_cancelled(&by_callback);

    struct Breaks;
    impl Future for Breaks {
        type Output = ();
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            panics()
        }
    }
    let by_timer = breaker();
    let policy = RetryPolicy::new()
        .breaker(&by_timer)
        .attempt_timeout(Duration::from_secs(1))
        .sleep_async(|_| Breaks);
    caught(policy.run_async(pending::<Outcome>)).await;
    was_cancelled(&by_timer);
}

#[test]
fn in_steps_nobody_knows_whose_panic_it_is() {
    let breaker = breaker();
    let policy = RetryPolicy::new()
        .stop(stop::after_attempt(1))
        .wait(wait::none())
        .breaker(&breaker);
    let call = AssertUnwindSafe(|| {
        let mut call = Policy::<Outcome>::start(&policy);
        call.admit().unwrap();
        panics::<()>();
    });
    assert!(catch_unwind(call).is_err());
    was_cancelled(&breaker);
}
