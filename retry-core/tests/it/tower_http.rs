//! Headers that the retry layer reads and writes.
#![cfg(all(feature = "tower", feature = "tokio", feature = "http"))]

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Request;
use persevere_core::tower::{NotReplayable, RetryLayer};
use persevere_core::{Interrupt, RetryPolicy, stop, wait};
use tokio::time::{Instant, sleep};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

const SECOND: Duration = Duration::from_secs(1);

type Policy = RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>>;

fn every_second() -> Policy {
    RetryPolicy::new()
        .stop(stop::after_attempt(20))
        .wait(wait::fixed(SECOND))
}

fn request(timeout: &str) -> Request<&'static str> {
    let request = Request::builder()
        .uri("/items")
        .header("grpc-timeout", timeout);
    request.body("body").unwrap()
}

/// Returns the duration of a call without an answer, and the interrupt that ends it.
async fn cut<S>(service: S, request: Request<&'static str>) -> (Duration, Interrupt)
where
    S: Service<Request<&'static str>, Error = BoxError, Response = ()>,
{
    let start = Instant::now();
    let error = service.oneshot(request).await.unwrap_err();
    (start.elapsed(), *error.downcast().unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_nearer_deadline_holds() {
    let never = service_fn(|_| pending::<Result<(), BoxError>>());
    let policy = every_second().deadline(10 * SECOND);
    let service = RetryLayer::new(policy).grpc_timeout().layer(never);
    for (header, deadline) in [
        ("2S", 2 * SECOND),
        ("2500m", SECOND * 5 / 2),
        ("99999999H", 10 * SECOND),
        // Malformed, so that the policy's deadline applies.
        ("2", 10 * SECOND),
        ("soon", 10 * SECOND),
    ] {
        let cut = cut(service.clone(), request(header)).await;
        assert_eq!(cut, (deadline, Interrupt::Deadline), "{header}");
    }
    let cut = cut(service, Request::new("body")).await;
    assert_eq!(cut, (10 * SECOND, Interrupt::Deadline));
}

#[tokio::test(start_paused = true)]
async fn any_guard_makes_room_for_a_deadline() {
    let never = service_fn(|_| pending::<Result<(), BoxError>>());
    let policy = every_second().attempt_timeout(60 * SECOND);
    let service = RetryLayer::new(policy).grpc_timeout().layer(never);
    let cut = cut(service, request("3S")).await;
    assert_eq!(cut, (3 * SECOND, Interrupt::Deadline));
}

#[tokio::test(start_paused = true)]
async fn whose_time_is_up_is_not_served() {
    let unreached = service_fn(|_| async { unreachable!("called") as Result<(), BoxError> });
    let policy = every_second().deadline(None::<Duration>);
    let service = RetryLayer::new(policy).grpc_timeout().layer(unreached);
    let cut = cut(service, request("0n")).await;
    assert_eq!(cut, (Duration::ZERO, Interrupt::Deadline));
}

#[tokio::test(start_paused = true)]
async fn no_pause_begins_that_the_deadline_would_cut() {
    let refuses = service_fn(|_| async {
        sleep(SECOND / 4).await;
        Err::<(), BoxError>("refused".into())
    });
    let policy = every_second().deadline(None::<Duration>);
    let service = RetryLayer::new(policy).grpc_timeout().layer(refuses);
    let start = Instant::now();
    let error = service.oneshot(request("3S")).await.unwrap_err();
    assert_eq!(error.to_string(), "refused");
    // Attempts end at 0.25 s, 1.5 s and 2.75 s; the last leaves no room for another pause.
    assert_eq!(start.elapsed(), SECOND * 11 / 4);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_told_how_many_were_before_them() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let refuses = service_fn(move |request: Request<&'static str>| {
        let told = request.headers().get("grpc-previous-rpc-attempts");
        let told = told.map(|told| told.to_str().unwrap().to_owned());
        let same = (request.uri().path(), *request.body()) == ("/items", "body");
        log.lock().unwrap().push(told);
        async move { Err::<(), BoxError>(same.to_string().into()) }
    });
    let policy = every_second().stop(stop::after_attempt(3));
    let service = RetryLayer::new(policy).tell_attempts().layer(refuses);
    for _ in 0..2 {
        let error = service.clone().oneshot(request("1S")).await.unwrap_err();
        assert_eq!(error.to_string(), "true");
        let told = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(told, [None, Some("1".to_owned()), Some("2".to_owned())]);
    }
}

#[tokio::test(start_paused = true)]
async fn both_go_with_requests_that_may_be_refused() {
    let copy = |request: &Request<&'static str>| match *request.body() {
        "stream" => None,
        _ => Some(request.clone()),
    };
    let told = service_fn(|request: Request<&'static str>| async move {
        let told = request.headers().get("grpc-previous-rpc-attempts");
        Err::<(), _>(BoxError::from(format!("{told:?}")))
    });
    let service = RetryLayer::new(every_second().deadline(60 * SECOND))
        .replay(copy)
        .grpc_timeout()
        .tell_attempts()
        .layer(told);
    let start = Instant::now();
    let error = service.clone().oneshot(request("5S")).await.unwrap_err();
    assert_eq!(error.to_string(), "Some(\"4\")");
    assert_eq!(start.elapsed(), 4 * SECOND);
    let refused = service.oneshot(request("5S").map(|_| "stream")).await;
    assert!(refused.unwrap_err().is::<NotReplayable>());
}

#[cfg(feature = "config")]
#[tokio::test(start_paused = true)]
async fn policies_as_data_are_bound_too() {
    let config: persevere_core::RetryConfig =
        serde_json::from_str(r#"{ "stop": "after_attempt(9)", "attempt_timeout": "20s" }"#)
            .unwrap();
    let never = service_fn(|_| pending::<Result<(), BoxError>>());
    let service = RetryLayer::new(config).grpc_timeout().layer(never);
    let cut = cut(service, request("3S")).await;
    assert_eq!(cut, (3 * SECOND, Interrupt::Deadline));
}

#[tokio::test(start_paused = true)]
async fn attempts_are_sent_with_the_time_that_is_left() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let refuses = service_fn(move |request: Request<&'static str>| {
        let told = request.headers()["grpc-timeout"].to_str().unwrap();
        log.lock().unwrap().push(told.to_owned());
        async { Err::<(), BoxError>("busy".into()) }
    });
    let policy = every_second()
        .stop(stop::after_attempt(3))
        .deadline(10 * SECOND);
    let service = RetryLayer::new(policy).grpc_timeout().layer(refuses);
    for (header, told) in [
        ("5S", ["5S", "4000000u", "3000000u"]),
        ("soon", ["soon"; 3]),
    ] {
        let _ = service.clone().oneshot(request(header)).await;
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(seen, told);
    }
}
