//! Time that ends: the client's, by its endpoint or its request, and the server's.

use std::time::Duration;

use greeter::Greeter;
use persevere::retry;
use support::{Grpcio, Row};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

const SHORT: Duration = Duration::from_millis(400);
const SOURCE: &str = "tonic 0.14, TimeoutExpired: the call was sent";

fn impatient(server: &Grpcio) -> Channel {
    let endpoint = Endpoint::from_shared(server.url()).unwrap();
    endpoint.timeout(SHORT).connect_lazy()
}

fn plain(server: &Grpcio) -> Channel {
    greeter::channel(server.url())
}

async fn call(channel: &Channel, name: &str, timeout: Option<Duration>) -> Result<String, Status> {
    let mut request = Request::new(format!("wait {name}"));
    if let Some(timeout) = timeout {
        request.set_timeout(timeout);
    }
    Greeter::new(channel.clone()).hello(request).await
}

#[retry(stop = after_attempt(3), wait = none(), when = unsent())]
async fn once(channel: &Channel, name: &str, timeout: Option<Duration>) -> Result<String, Status> {
    call(channel, name, timeout).await
}

#[retry(stop = after_attempt(3), wait = none(), when = transient())]
async fn again(channel: &Channel, name: &str, timeout: Option<Duration>) -> Result<String, Status> {
    call(channel, name, timeout).await
}

#[tokio::test]
async fn a_timeout_of_the_client_is_retried_and_not_unsent() {
    let Some(server) = Grpcio::start(&[]) else {
        return;
    };
    // The first call pays for the connection.
    let warm = [impatient(&server), plain(&server)];
    for channel in &warm {
        let _ = Greeter::new(channel.clone()).hello("ada".to_owned()).await;
    }
    let [impatient, plain] = &warm;
    for (fault, channel, timeout) in [
        ("the endpoint's timeout", impatient, None),
        ("the request's timeout", plain, Some(SHORT)),
    ] {
        let (first, second) = (format!("{fault}, once"), format!("{fault}, again"));
        once(channel, &first, timeout).await.unwrap_err();
        let late = again(channel, &second, timeout).await.unwrap_err();
        assert_eq!(late.code(), Code::Cancelled);
        let one = server.begun(&format!("wait {first}"), 1);
        let three = server.begun(&format!("wait {second}"), 3);
        let row = Row::new("tonic", fault)
            .server(server.version())
            .seen("Timeout expired");
        row.source(SOURCE).processed(one, three).check(&late);
    }
}

/// A server on tonic whose own time is up says what its client says, in words alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_of_a_server_on_tonic_is_retried() {
    let server = greeter::Server::impatient(SHORT);
    let late = Greeter::new(server.channel()).hello("ada".to_owned()).await;
    let late = late.unwrap_err();
    assert_eq!(late.code(), Code::Cancelled);
    assert!(std::error::Error::source(&late).is_none());
    let row = Row::new("tonic", "the timeout of a server on tonic").server("tonic");
    row.seen("Timeout expired")
        .source("tonic 0.14, transport/server")
        .check(&late);
    assert_eq!(server.calls(), 1);
}
