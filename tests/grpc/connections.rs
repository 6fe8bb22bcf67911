//! Connections that are not made, or break.

use std::future::pending;
use std::time::Duration;

use greeter::{Greeter, Server};
use persevere::testing::{Recorder, Scope};
use persevere::{StopReason, Transient, retry};
use tonic::{Code, Status};

/// A channel makes its connections anew by itself.
#[retry(stop = after_attempt(1000), wait = 5ms, when = transient())]
async fn hello(greeter: &Greeter, name: &str) -> Result<String, Status> {
    greeter.clone().hello(name.to_owned()).await
}

/// Retries only what had certainly no effect.
#[retry(stop = after_attempt(3), wait = none(), when = unsent())]
async fn charge(greeter: &Greeter, name: &str) -> Result<String, Status> {
    greeter.clone().hello(name.to_owned()).await
}

/// A server that never answers its first caller.
fn stuck() -> Server {
    Server::start(|before, request| async move {
        match before {
            0 => pending().await,
            _ => Ok(request.into_inner()),
        }
    })
}

async fn reached(server: &Server) {
    while server.calls() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_and_started() {
    let mut server = Server::failing([]);
    let greeter = Greeter::new(server.channel());
    assert_eq!(hello(&greeter, "ada").await.unwrap(), "hello, ada");

    server.down();
    let recorder = Recorder::new();
    let scope = Scope::capped(5).record(&recorder);
    let error = scope.run_async(hello(&greeter, "ada")).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.verdict().is_retry() && error.unsent(), "{error}");
    recorder
        .recorded()
        .attempts(5)
        .gave_up(StopReason::Attempts);

    recorder.clear();
    let scope = Scope::new().record(&recorder);
    let calling = greeter.clone();
    let calling = scope.run_async(async move { hello(&calling, "ada").await });
    let calling = tokio::spawn(calling);
    while recorder.recorded().all_pauses().len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.up();
    assert_eq!(calling.await.unwrap().unwrap(), "hello, ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_under_a_call() {
    let mut server = stuck();
    let greeter = Greeter::new(server.channel());
    let mut calling = greeter.clone();
    let calling = tokio::spawn(async move { calling.hello("ada".to_owned()).await });
    reached(&server).await;
    server.down();
    let error = calling.await.unwrap().unwrap_err();
    // Not what the specification says; the cause counts.
    assert_eq!(error.code(), Code::Unknown);
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_not_sent_is_sent_again() {
    let mut server = stuck();
    let greeter = Greeter::new(server.channel());
    let recorder = Recorder::new();
    let scope = Scope::new().record(&recorder);
    let calling = greeter.clone();
    let calling = scope.run_async(async move { charge(&calling, "ada").await });
    let calling = tokio::spawn(calling);
    reached(&server).await;
    server.down();
    assert!(calling.await.unwrap().is_err());
    recorder.recorded().attempts(1);

    recorder.clear();
    let scope = Scope::new().record(&recorder);
    let refused = scope.run_async(charge(&greeter, "ada")).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unavailable);
    recorder.recorded().attempts(3);
}

/// Whatever the transport makes of it: no call fails that has time.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_and_goes() {
    let mut server = Server::failing([]);
    let greeter = Greeter::new(server.channel());
    let callers = (0..20).map(|_| {
        let greeter = greeter.clone();
        tokio::spawn(async move {
            for _ in 0..20 {
                hello(&greeter, "ada").await?;
            }
            Ok::<_, Status>(())
        })
    });
    let callers = Vec::from_iter(callers);
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        server.down();
        server.up();
    }
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
}

/// tonic's own error, of a connection that is made at once, has no answer; a status of it has.
#[tokio::test]
async fn a_connection_that_is_made_at_once() {
    let mut server = Server::failing([]);
    server.down();
    let refused = server.endpoint().connect().await.unwrap_err();
    let status = Status::from_error(refused.into());
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.verdict().is_retry() && status.unsent(), "{status:?}");
}
