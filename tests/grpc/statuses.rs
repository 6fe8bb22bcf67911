//! Statuses of a server, and the pauses it asks for.

use std::time::Duration;

use greeter::{Greeter, Server, unavailable};
use persevere::testing::{Recorded, Recorder, Scope};
use persevere::{StopReason, retry};
use tonic::{Code, Request, Status};

/// A call with the retries of gRPC's own clients: the server is told of attempts before.
#[retry(stop = after_attempt(4), wait = fixed(10ms), when = transient(), attempt = at)]
async fn hello(greeter: &Greeter, name: &str) -> Result<String, Status> {
    let mut request = Request::new(name.to_owned());
    if at.number() > 1 {
        let before = (at.number() - 1).into();
        request
            .metadata_mut()
            .insert("grpc-previous-rpc-attempts", before);
    }
    greeter.clone().hello(request).await
}

async fn recorded(server: &Server) -> (Result<String, Status>, Recorded) {
    let recorder = Recorder::new();
    let scope = Scope::new().record(&recorder);
    let greeter = Greeter::new(server.channel());
    let outcome = scope.run_async(hello(&greeter, "ada")).await;
    (outcome, recorder.recorded())
}

const PAUSE: Duration = Duration::from_millis(10);

#[tokio::test(start_paused = true)]
async fn a_server_that_is_unavailable_twice() {
    let server = Server::failing([unavailable(None), unavailable(None)]);
    let (outcome, recorded) = recorded(&server).await;
    assert_eq!(outcome.unwrap(), "hello, ada");
    recorded.attempts(3).pauses([PAUSE; 2]);
    let told = server.told("grpc-previous-rpc-attempts");
    assert_eq!(told, [None, Some("1".to_owned()), Some("2".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn pushback_replaces_one_pause() {
    let exhausted = {
        let mut status = Status::resource_exhausted("50 calls a second");
        let pushback = "3000".parse().unwrap();
        status
            .metadata_mut()
            .insert("grpc-retry-pushback-ms", pushback);
        status
    };
    let server = Server::failing([unavailable(Some("1500")), unavailable(None), exhausted]);
    let (outcome, recorded) = recorded(&server).await;
    assert_eq!(outcome.unwrap(), "hello, ada");
    let exactly = Duration::from_millis;
    recorded
        .attempts(4)
        .pauses([exactly(1500), PAUSE, exactly(3000)]);
}

#[tokio::test(start_paused = true)]
async fn pushback_of_zero_retries_at_once() {
    let server = Server::failing([unavailable(Some("0")), unavailable(None)]);
    let (outcome, recorded) = recorded(&server).await;
    assert_eq!(outcome.unwrap(), "hello, ada");
    recorded.attempts(3).pauses([Duration::ZERO, PAUSE]);
}

#[tokio::test]
async fn pushback_that_forbids_ends_the_call() {
    for pushback in ["-1", "soon"] {
        let server = Server::failing([unavailable(None), unavailable(Some(pushback))]);
        let (outcome, recorded) = recorded(&server).await;
        assert_eq!(outcome.unwrap_err().code(), Code::Unavailable, "{pushback}");
        recorded.attempts(2);
        assert_eq!(server.calls(), 2);
    }
}

#[tokio::test]
async fn pushback_beyond_the_longest_hint_ends_the_call() {
    let server = Server::failing([unavailable(Some("3600000"))]);
    let (outcome, recorded) = recorded(&server).await;
    assert_eq!(outcome.unwrap_err().code(), Code::Unavailable);
    recorded.attempts(1).gave_up(StopReason::Hint);
}

#[tokio::test]
async fn other_statuses_are_final() {
    for failure in [
        Status::invalid_argument("no name"),
        Status::resource_exhausted("too large"),
        Status::deadline_exceeded("late"),
        Status::aborted("somebody else was first"),
        Status::unauthenticated("who?"),
        Status::internal("broken"),
    ] {
        let server = Server::failing([failure.clone()]);
        let (outcome, recorded) = recorded(&server).await;
        assert_eq!(outcome.unwrap_err().message(), failure.message());
        recorded.attempts(1);
    }
}
