//! A server on Python's grpcio that fails: what it answers, and how it ends.

use std::time::Duration;

use greeter::{Greeter, channel};
use persevere::tower::GrpcStatusLayer;
use persevere::{Transient, Verdict};
use support::{Grpcio, Row};
use tonic::{Code, Request, Status};
use tower::Layer;

const CODES: &str = "gRPC, doc/statuscodes.md";

async fn hello(server: &Grpcio, request: &str) -> Status {
    let mut greeter = Greeter::new(channel(server.url()));
    greeter.hello(request.to_owned()).await.unwrap_err()
}

#[tokio::test]
async fn what_it_asks_for_is_heard() {
    let Some(server) = Grpcio::start(&[]) else {
        return;
    };
    let row = |fault, seen| Row::new("tonic", fault).server(server.version()).seen(seen);
    let otlp = "OTLP, Failures";

    let busy = hello(&server, "abort UNAVAILABLE").await;
    row("unavailable", "Unavailable").source(CODES).check(&busy);
    let busy = hello(&server, "push RESOURCE_EXHAUSTED 700").await;
    let pushed = row(
        "an exhausted resource, with a pushback",
        "ResourceExhausted",
    );
    pushed.source("gRFC A6").check(&busy);
    let busy = hello(&server, "push UNAVAILABLE -1").await;
    let pushed = row("unavailable, with a pushback that forbids", "Unavailable");
    pushed.source("gRFC A6").check(&busy);

    let busy = hello(&server, "info UNAVAILABLE 1.5").await;
    let told = row("unavailable, with RetryInfo", "Unavailable");
    told.source("google/rpc/error_details.proto").check(&busy);
    let busy = hello(&server, "info RESOURCE_EXHAUSTED 1.5").await;
    let told = row("an exhausted resource, with RetryInfo", "ResourceExhausted");
    told.source(otlp).check(&busy);
    let busy = hello(&server, "info RESOURCE_EXHAUSTED 0").await;
    let told = row(
        "an exhausted resource, with RetryInfo without a delay",
        "ResourceExhausted",
    );
    told.source(otlp).check(&busy);
    let exhausted = hello(&server, "abort RESOURCE_EXHAUSTED").await;
    row("an exhausted resource", "ResourceExhausted")
        .source(otlp)
        .check(&exhausted);
    let aborted = hello(&server, "info ABORTED 1.5").await;
    let told = row("a transaction is aborted, with RetryInfo", "Aborted");
    told.source("AIP-194: the sequence is repeated, not the call")
        .check(&aborted);
}

#[tokio::test]
async fn what_would_fail_again_is_final() {
    let Some(server) = Grpcio::start(&["grpc.max_receive_message_length=4096"]) else {
        return;
    };
    let row = |fault, seen| Row::new("tonic", fault).server(server.version()).seen(seen);

    let raised = hello(&server, "raise").await;
    row("the handler raises", "Exception calling application")
        .source(CODES)
        .check(&raised);
    let large = hello(&server, &"x".repeat(10_000)).await;
    row("a request over the server's limit", "ResourceExhausted")
        .source(CODES)
        .check(&large);
    let large = hello(&server, "large").await;
    assert_eq!(large.code(), Code::OutOfRange);
    row("an answer over the client's limit", "OutOfRange")
        .source(CODES)
        .check(&large);
    for code in [
        "INTERNAL",
        "UNKNOWN",
        "DATA_LOSS",
        "FAILED_PRECONDITION",
        "CANCELLED",
    ] {
        let failed = hello(&server, &format!("abort {code}")).await;
        assert_eq!(failed.verdict(), Verdict::Final, "{failed}");
    }
}

#[tokio::test]
async fn a_deadline_of_its_own_is_told_from_the_callers() {
    let Some(server) = Grpcio::start(&[]) else {
        return;
    };
    let row = |fault| {
        Row::new("tonic", fault)
            .server(server.version())
            .seen("DeadlineExceeded")
    };

    let late = || "abort DEADLINE_EXCEEDED".to_owned();
    let bare = hello(&server, &late()).await;
    row("a deadline, of whomever").source(CODES).check(&bare);
    let mut layered = Greeter::new(GrpcStatusLayer::new().layer(channel(server.url())));
    let own = layered.hello(late()).await.unwrap_err();
    row("the server's own deadline, by GrpcStatusLayer")
        .source("gRPC, doc/statuscodes.md: no time of the caller's has ended")
        .check(&own);
    let mut request = Request::new(late());
    request.set_timeout(Duration::from_secs(60));
    let callers = layered.hello(request).await.unwrap_err();
    row("the caller's deadline, by GrpcStatusLayer")
        .source(CODES)
        .check(&callers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_its_handler() {
    let Some(mut server) = Grpcio::start(&[]) else {
        return;
    };
    let mut greeter = Greeter::new(channel(server.url()));
    let calling = tokio::spawn(async move { greeter.hello("wait".to_owned()).await });
    server.wait_for("wait");
    server.kill();
    let killed = calling.await.unwrap().unwrap_err();
    let row = Row::new("tonic", "the server is killed in its handler").server(server.version());
    row.seen("Unknown")
        .source("the handler had begun")
        .check(&killed);
    let refused = hello(&server, "ada").await;
    let row = Row::new("tonic", "the server is not there").server(server.version());
    row.seen("tcp connect error")
        .source("tonic: no connection")
        .check(&refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_between_its_answers() {
    let Some(mut server) = Grpcio::start(&[]) else {
        return;
    };
    let mut greeter = Greeter::new(channel(server.url()));
    let calling = tokio::spawn(async move { greeter.answers("wait".to_owned()).await });
    server.wait_for("answered");
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.kill();
    let killed = calling.await.unwrap().unwrap_err();
    let row =
        Row::new("tonic", "the server is killed between its answers").server(server.version());
    row.seen("error reading a body")
        .source("the handler had begun")
        .check(&killed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_before_a_call_ends() {
    let Some(mut server) = Grpcio::start(&[]) else {
        return;
    };
    let mut greeter = Greeter::new(channel(server.url()));
    let calling = tokio::spawn(async move { greeter.hello("wait".to_owned()).await });
    server.wait_for("wait");
    server.stop(Duration::from_millis(100));
    let stopped = calling.await.unwrap().unwrap_err();
    let row = Row::new("tonic", "the server stops before the call ends").server(server.version());
    row.seen("Cancelling all calls")
        .source("the handler had begun")
        .check(&stopped);
}
