//! Exchanges of HTTP/1 that fail: how often a `POST` is processed, and what the client says.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use persevere::http::{HttpError, OrHttpError};
use persevere::{Health, Predicate, Transient, Verdict, retry, when};
use reqwest::Client;
use reqwest::redirect::Policy;
use server::{HALF, Reply, Server, refusing, status};
use support::Row;

const SAFE: &str = "RFC 9110, 9.2.2";

#[retry(wait = none(), when = unsent().no_redirects())]
async fn unsent(client: &Client, url: &str) -> Result<String, HttpError> {
    let response = client.post(url).body("1").send().await?.or_http_error()?;
    Ok(response.text().await?)
}

#[retry(wait = none(), when = transient())]
async fn transient(client: &Client, url: &str) -> Result<String, HttpError> {
    let response = client.post(url).body("1").send().await?.or_http_error()?;
    Ok(response.text().await?)
}

fn client() -> reqwest::ClientBuilder {
    Client::builder().no_proxy().redirect(Policy::none())
}

#[tokio::test]
async fn an_exchange_that_breaks_may_have_been_processed() {
    let head = "HTTP/1.1 200 OK\r\nContent-Le";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
    for (fault, reply, seen) in [
        (
            "closed without a response",
            Reply::Cut(String::new()),
            "IncompleteMessage",
        ),
        (
            "reset without a response",
            Reply::Reset(String::new()),
            "ConnectionReset",
        ),
        (
            "closed in the head of the response",
            Reply::Cut(head.into()),
            "IncompleteMessage",
        ),
        (
            "closed in the body of the response",
            Reply::Cut(HALF.into()),
            "UnexpectedEof",
        ),
        (
            "closed in a chunk of the response",
            Reply::Cut(chunked.into()),
            "UnexpectedEof",
        ),
    ] {
        let client = client().build().unwrap();
        let server = Server::start(vec![reply; 9]);
        let url = server.url("/");
        unsent(&client, &url).await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{fault}");
        let error = transient(&client, &url).await.unwrap_err();
        assert_eq!(server.requests().len(), 4, "{fault}");
        assert!(!error.unsent_without_redirects(), "{error:?}");
        Row::new("reqwest", fault)
            .seen(seen)
            .source(SAFE)
            .processed(1, 3)
            .check(&error);
    }
}

/// The client's own timeout, while the server works.
#[tokio::test]
async fn a_response_that_is_late_may_have_been_processed() {
    let client = client()
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let server = Server::start(vec![Reply::Stall; 9]);
    let url = server.url("/");
    unsent(&client, &url).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
    let error = transient(&client, &url).await.unwrap_err();
    assert_eq!(server.requests().len(), 4);
    assert!(!error.unsent_without_redirects(), "{error:?}");
    Row::new(
        "reqwest",
        "the response is late, for the client's `timeout`",
    )
    .seen("operation timed out")
    .source(SAFE)
    .processed(1, 3)
    .check(&error);
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let client = client().build().unwrap();
    let refused = transient(&client, &refusing()).await.unwrap_err();
    Row::new("reqwest", "the connection is refused")
        .seen("ConnectionRefused")
        .source("connect(2), ECONNREFUSED")
        .check(&refused);
    let nowhere = transient(&client, "http://persevere.invalid/")
        .await
        .unwrap_err();
    Row::new("reqwest", "the name does not resolve")
        .seen("dns error")
        .source("getaddrinfo(3), EAI_AGAIN and EAI_NONAME")
        .check(&nowhere);
    for error in [refused, nowhere] {
        assert_eq!(error.verdict(), Verdict::Retry, "{error}");
        assert!(
            !error.unsent() && error.unsent_without_redirects(),
            "{error}"
        );
    }
}

/// `?` makes an `HttpError` of a client's error only where the function returns one.
#[tokio::test]
async fn an_http_error_that_is_sought_is_that_of_its_client_too() {
    type Hidden = Box<dyn std::error::Error + Send + Sync>;

    #[retry(wait = none(), attempt = at, when = transient_cause::<HttpError>())]
    async fn get(attempts: &AtomicU32, url: &str) -> Result<(), Hidden> {
        attempts.store(at.number(), Relaxed);
        client().build()?.get(url).send().await?.or_http_error()?;
        Ok(())
    }

    let attempts = AtomicU32::new(0);
    let error = get(&attempts, &refusing()).await.unwrap_err();
    assert!(
        error.is::<reqwest::Error>() && attempts.load(Relaxed) == 3,
        "{error:?}"
    );
    let server = Server::start([status(503), status(503), status(503)]);
    let error = get(&attempts, &server.url("/")).await.unwrap_err();
    assert!(
        error.is::<HttpError>() && server.requests().len() == 3,
        "{error:?}"
    );
}

/// The request's body asks another server, and cannot reach it: that says nothing of a connection to the first one.
#[tokio::test]
async fn a_body_that_fails_to_connect_is_the_users_own_fault() {
    let server = Server::start([]);
    let inner = client()
        .build()
        .unwrap()
        .get(refusing())
        .send()
        .await
        .unwrap_err();
    assert!(inner.is_connect());
    let body = futures_body(inner);
    let error = client()
        .build()
        .unwrap()
        .post(server.url("/"))
        .body(body)
        .send()
        .await;
    let error = error.unwrap_err();
    assert!(error.is_connect(), "as reqwest has it: {error:?}");
    assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
    assert!(!error.unsent_without_redirects(), "{error:?}");
    Row::new(
        "reqwest",
        "the request's body fails of a connection of its own",
    )
    .seen("ConnectionRefused")
    .source("reqwest 0.13.5, error.rs, `is_connect`")
    .check(&error);
    let cause = when::unsent_cause::<io::Error>().no_redirects();
    assert_eq!(cause.verdict(&Err::<(), _>(error)), Verdict::Final);
}

/// As above: hyper has no part in it here, and the head of the request was sent.
#[test]
fn a_blocking_body_that_fails_to_connect_is_the_users_own_fault() {
    use std::io::Read;

    struct Failing(u32);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 == 1 {
                buffer.fill(b'1');
                return Ok(buffer.len());
            }
            let inner = reqwest::blocking::get(refusing()).unwrap_err();
            Err(io::Error::other(inner))
        }
    }

    let server = Server::start([]);
    let client = reqwest::blocking::Client::builder().redirect(Policy::none());
    let request = client.build().unwrap().post(server.url("/"));
    let body = reqwest::blocking::Body::new(Failing(0));
    let error = request.body(body).send().unwrap_err();
    assert!(error.is_body() && error.is_connect(), "{error:?}");
    assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
    assert_eq!(error.health(), Health::Unknown, "{error:?}");
    assert!(!error.unsent_without_redirects(), "{error:?}");
}

/// A body that fails after its first bytes.
fn futures_body(error: reqwest::Error) -> reqwest::Body {
    use http_body_util::StreamBody;
    use hyper::body::{Bytes, Frame};
    let first = Ok(Frame::data(Bytes::from_static(b"1")));
    let frames = tokio_stream::iter([first, Err(error)]);
    reqwest::Body::wrap(StreamBody::new(frames))
}
