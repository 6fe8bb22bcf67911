//! Layers around a channel, and around calls.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use greeter::{Greeter, Server, retrying, unavailable};
use persevere::testing::{Recorder, Scope};
use persevere::tower::{CircuitBreakerLayer, NotReplayable, RetryLayer};
use persevere::{CircuitBreaker, RetryPolicy, StopReason, stop, wait, when};
use tonic::body::Body;
use tonic::{Code, Request, Status};
use tower::{ServiceBuilder, ServiceExt, service_fn};

/// The default of tonic's clients, and a longest time for callers that give none.
macro_rules! policy {
    () => {
        RetryPolicy::new()
            .stop(stop::after_attempt(4))
            .wait(wait::none())
            .when(when::transient())
            .deadline(Duration::from_secs(60))
    };
}

#[tokio::test]
async fn a_channel_that_retries() {
    let server = Server::failing([unavailable(None), unavailable(Some("1"))]);
    let mut greeter = Greeter::new(retrying(policy!(), server.channel()));
    let greeting = greeter.hello("ada".to_owned()).await;
    assert_eq!(greeting.unwrap(), "hello, ada");
    let told = server.told("grpc-previous-rpc-attempts");
    assert_eq!(told, [None, Some("1".to_owned()), Some("2".to_owned())]);
}

#[tokio::test]
async fn a_channel_that_retries_what_can_pass() {
    for failure in [unavailable(Some("-1")), Status::invalid_argument("no name")] {
        let server = Server::failing([failure.clone()]);
        let mut greeter = Greeter::new(retrying(policy!(), server.channel()));
        let failed = greeter.hello(String::new()).await.unwrap_err();
        assert_eq!(failed.message(), failure.message());
        assert_eq!(server.calls(), 1);
    }
}

#[tokio::test]
async fn a_channel_without_a_server() {
    let mut server = Server::failing([]);
    server.down();
    let recorder = Recorder::new();
    let mut greeter = Greeter::new(retrying(policy!(), server.channel()));
    let refused = greeter.hello("ada".to_owned());
    let refused = Scope::new().record(&recorder).run_async(refused).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
    recorder
        .recorded()
        .attempts(4)
        .gave_up(StopReason::Attempts);
}

#[tokio::test]
async fn a_stream_of_requests_is_refused_before_it_is_sent() {
    let server = Server::failing([]);
    let stream = Body::new(NeverWhole);
    let request = http::Request::new(stream);
    let refused = retrying(policy!(), server.channel()).oneshot(request).await;
    let refused = refused.unwrap_err();
    let source = refused.source().and_then(|source| source.downcast_ref());
    assert_eq!(source, Some(&NotReplayable));
    assert!(refused.message().contains("was not sent"), "{refused}");
    assert_eq!(server.calls(), 0);
}

/// A body whose next part is not there yet.
struct NeverWhole;

impl http_body::Body for NeverWhole {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Status>>> {
        Poll::Pending
    }
}

/// Requests that are messages hide nothing, and all can be repeated.
#[tokio::test]
async fn a_service_of_messages() {
    let server = Server::failing([unavailable(None), unavailable(Some("1"))]);
    let greeter = Greeter::new(server.channel());
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new(policy!()))
        .service(service_fn(move |name: String| {
            let mut greeter = greeter.clone();
            async move { greeter.hello(name).await }
        }));
    let greeting = service.oneshot("ada".to_owned()).await;
    assert_eq!(greeting.unwrap(), "hello, ada");
    assert_eq!(server.calls(), 3);
}

/// A server that calls another one passes on the time that its caller gave: a hint that does not fit ends
/// the call, and the caller learns of it.
#[tokio::test]
async fn a_server_behind_a_server() {
    let behind = Server::failing([unavailable(None), unavailable(Some("20000"))]);
    let greeter = Greeter::new(retrying(policy!(), behind.channel()));
    let front = Server::start(move |_, request| {
        let mut greeter = greeter.clone();
        async move { greeter.hello(request).await }
    });

    let mut request = Request::new("ada".to_owned());
    request.set_timeout(Duration::from_secs(10));
    let busy = Greeter::new(front.channel()).hello(request).await;
    let busy = busy.unwrap_err();
    assert_eq!(busy.message(), "busy");
    let pushback = busy.metadata().get("grpc-retry-pushback-ms");
    assert_eq!(pushback.unwrap(), "20000");
    assert_eq!((front.calls(), behind.calls()), (1, 2));
    let told = behind.told("grpc-timeout");
    let micros = |told: &Option<String>| -> u64 {
        let told = told.as_deref().and_then(|told| told.strip_suffix('u'));
        told.expect("a timeout").parse().expect("a number")
    };
    let [first, second] = &told[..] else {
        panic!("two attempts: {told:?}");
    };
    assert_eq!(micros(first), 10_000_000);
    assert!(micros(second) < 10_000_000, "what is left: {second:?}");
}

#[tokio::test]
async fn a_breaker_between_two_servers() {
    static BEHIND: CircuitBreaker = CircuitBreaker::new("behind").consecutive(1);

    let behind = Server::failing([Status::not_found("nobody"), unavailable(None)]);
    let channel = ServiceBuilder::new()
        .layer(CircuitBreakerLayer::new(BEHIND.failures(when::transient())))
        .service(retrying(
            policy!().stop(stop::after_attempt(1)),
            behind.channel(),
        ));
    let greeter = Greeter::new(channel);
    let front = Server::start(move |_, request| {
        let mut greeter = greeter.clone();
        async move { greeter.hello(request).await }
    });

    let mut greeter = Greeter::new(front.channel());
    for (code, message, calls) in [
        (Code::NotFound, "nobody", 1),
        (Code::Unavailable, "busy", 2),
        (Code::Unavailable, "the circuit is open", 2),
    ] {
        let failed = greeter.hello("ada".to_owned()).await.unwrap_err();
        assert_eq!((failed.code(), failed.message()), (code, message));
        assert_eq!(behind.calls(), calls);
    }
}
