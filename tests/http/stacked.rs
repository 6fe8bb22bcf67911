//! The stack of the example, in trouble.

use std::time::Duration;

use persevere::breaker::State;
use persevere::http::{HttpError, idempotency_key};
use persevere::testing::{Recorder, Scope};
use persevere::{CircuitBreaker, Interrupt, RetryBudget, StopReason};
use reqwest::{Body, Method, Request};
use server::{HALF, Reply, Server, answer, refusing, status};
use tower::{Service, ServiceExt};

#[path = "stack.rs"]
#[allow(dead_code, unreachable_pub)]
mod stack;

use stack::{Limits, request};

const SECOND: Duration = Duration::from_secs(1);

const LIMITS: Limits = Limits {
    attempts: 4,
    first_pause: Duration::from_millis(1),
    attempt: Duration::from_secs(60),
    call: Duration::from_secs(60),
};

/// A client with a breaker and a budget of its own.
fn client(
    limits: Limits,
) -> impl Service<Request, Response = String, Error = HttpError, Future: Send> + Clone {
    let breaker = Box::leak(Box::new(CircuitBreaker::new("service")));
    stack::client(limits, breaker, enough()).unwrap()
}

fn enough() -> &'static RetryBudget {
    Box::leak(Box::new(RetryBudget::tokens(1_000)))
}

fn reset() -> Reply {
    Reply::Reset(String::new())
}

/// The result of a call, and the number of requests that it took.
async fn after(
    replies: impl IntoIterator<Item = Reply>,
    method: Method,
    path: &str,
) -> (Result<String, HttpError>, usize) {
    let server = Server::start(replies);
    let got = client(LIMITS)
        .oneshot(request(method, &server.url(path)))
        .await;
    (got, server.requests().len())
}

#[tokio::test]
async fn a_read_is_repeated_whatever_became_of_it() {
    for failure in [
        status(503),
        status(429),
        reset(),
        Reply::Cut(String::new()),
        Reply::Cut(HALF.into()),
        Reply::Reset(HALF.into()),
    ] {
        let replies = [failure.clone(), failure.clone()];
        let (got, requests) = after(replies, Method::GET, "/receipts/7").await;
        assert_eq!((got.unwrap().as_str(), requests), ("ok", 3), "{failure:?}");
    }
    let (got, requests) = after([status(404)], Method::GET, "/").await;
    assert_eq!(
        (got.unwrap_err().status().unwrap().as_u16(), requests),
        (404, 1)
    );
}

#[tokio::test]
async fn a_post_that_the_server_may_have_seen_is_not_repeated() {
    for failure in [
        status(503),
        answer(503, &[("Retry-After", "1")], ""),
        reset(),
        Reply::Cut(String::new()),
        Reply::Cut(HALF.into()),
    ] {
        let (got, requests) = after([failure.clone()], Method::POST, "/reminders").await;
        assert!(got.is_err());
        assert_eq!(requests, 1, "{failure:?}");
    }
    // 425 says that it was not processed.
    let (got, requests) = after([status(425)], Method::POST, "/reminders").await;
    assert_eq!((got.unwrap().as_str(), requests), ("ok", 2));
}

#[tokio::test]
async fn a_post_with_a_key_is_the_same_in_all_attempts() {
    let server = Server::start([status(503), reset(), Reply::Cut(HALF.into())]);
    let client = client(LIMITS);
    let url = server.url("/charges");
    for _ in 0..2 {
        let charge = request(Method::POST, &url);
        assert_eq!(client.clone().oneshot(charge).await.unwrap(), "ok");
    }
    let requests = server.requests();
    let keys: Vec<_> = requests
        .iter()
        .map(|request| request.header("idempotency-key").unwrap())
        .collect();
    assert_eq!(keys.len(), 5);
    assert!(keys[..4].iter().all(|key| *key == keys[0]));
    assert_ne!(keys[4], keys[0]);
    assert_eq!(keys[0].len(), idempotency_key().to_string().len() + 2);
}

#[tokio::test]
async fn a_post_that_nobody_heard_is_repeated() {
    let recorder = Recorder::new();
    let call = client(LIMITS).oneshot(request(Method::POST, &refusing()));
    let got = Scope::new().record(&recorder).run_async(call).await;
    assert!(got.unwrap_err().to_string().contains("refused"));
    recorder.recorded().attempts(4);
}

#[tokio::test]
async fn a_call_comes_back_when_it_is_asked_to() {
    let server = Server::start([answer(503, &[("Retry-After", "0.2")], "")]);
    let recorder = Recorder::new();
    let call = client(LIMITS).oneshot(request(Method::GET, &server.url("/")));
    let got = Scope::new().record(&recorder).run_async(call).await;
    assert_eq!(got.unwrap(), "ok");
    let pause = SECOND / 5..=SECOND / 4;
    recorder.recorded().attempts(2).pauses([pause]);
}

#[tokio::test]
async fn a_hint_beyond_the_deadline_ends_the_call() {
    let server = Server::start([answer(503, &[("Retry-After", "30")], "")]);
    let limits = Limits {
        call: 20 * SECOND,
        ..LIMITS
    };
    let recorder = Recorder::new();
    let call = client(limits).oneshot(request(Method::GET, &server.url("/")));
    let got = Scope::new().record(&recorder).run_async(call).await;
    assert_eq!(got.unwrap_err().status().unwrap(), 503);
    recorder.recorded().gave_up(StopReason::Deadline);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_attempt_that_hangs_is_cut() {
    let limits = Limits {
        attempt: Duration::from_millis(200),
        attempts: 2,
        ..LIMITS
    };
    for (method, attempts) in [(Method::GET, 2), (Method::POST, 1)] {
        let server = Server::start([Reply::Stall, Reply::Stall]);
        let recorder = Recorder::new();
        let call = client(limits).oneshot(request(method, &server.url("/")));
        let got = Scope::new().record(&recorder).run_async(call).await;
        assert!(matches!(
            got,
            Err(HttpError::Interrupted(Interrupt::AttemptTimeout))
        ));
        recorder.recorded().attempts(attempts);
    }
}

#[tokio::test]
async fn a_call_without_time_is_not_made() {
    let server = Server::start([]);
    let limits = Limits {
        call: Duration::ZERO,
        ..LIMITS
    };
    let got = client(limits)
        .oneshot(request(Method::GET, &server.url("/")))
        .await;
    assert!(matches!(
        got,
        Err(HttpError::Interrupted(Interrupt::Deadline))
    ));
    assert!(server.requests().is_empty());
}

/// A reminder that fails is not repeated, and shows all the same that the service is down.
#[tokio::test]
async fn a_service_that_is_down_is_left_alone() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("down").consecutive(2);
    let client = stack::client(LIMITS, &BREAKER, enough()).unwrap();
    let server = Server::start([status(500), reset()]);
    let call = || {
        client
            .clone()
            .oneshot(request(Method::POST, &server.url("/")))
    };
    assert!(call().await.is_err());
    assert!(call().await.is_err());
    assert_eq!(BREAKER.state(), State::Open);
    assert!(matches!(
        call().await,
        Err(HttpError::Interrupted(Interrupt::CircuitOpen { .. }))
    ));
    assert_eq!(server.requests().len(), 2);
}

/// It would be found out after the first failure only.
#[tokio::test]
async fn a_body_that_is_a_stream_is_not_sent() {
    let server = Server::start([status(503)]);
    let mut upload = request(Method::PUT, &server.url("/"));
    *upload.body_mut() = Some(Body::wrap(String::from("a report")));
    let error = client(LIMITS).oneshot(upload).await.unwrap_err();
    assert!(error.to_string().contains("cannot be repeated"), "{error}");
    assert!(server.requests().is_empty());

    let mut upload = request(Method::PUT, &server.url("/"));
    *upload.body_mut() = Some("a report".into());
    assert_eq!(client(LIMITS).oneshot(upload).await.unwrap(), "ok");
    assert_eq!(server.requests().len(), 2);
}

/// The server has acted, and says where to look.
#[tokio::test]
async fn a_redirect_is_neither_followed_nor_taken_for_a_success() {
    let away = answer(303, &[("Location", &refusing())], "");
    let (got, requests) = after([away], Method::POST, "/").await;
    let error = got.unwrap_err().to_string();
    assert!(error.contains("not done: 303 See Other"), "{error}");
    assert_eq!(requests, 1);
}
