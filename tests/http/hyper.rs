//! `hyper`, and the client of hyper-util.

use std::future::{Ready, poll_fn, ready};
use std::io::{self, ErrorKind};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::rt::Executor;
use hyper::{Request, StatusCode, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo};
use persevere::http::{HttpError, OrHttpError};
use persevere::testing::Scope;
use persevere::{Transient, Verdict, retry};
use server::{HALF, Reply, Server, answer, refusing, status};
use support::Row;
use tokio::net::TcpStream;
use tower_service::Service;

type Pool = Client<HttpConnector, Empty<Bytes>>;

#[retry(wait = none(), when = transient())]
async fn get(client: &Pool, url: &str) -> Result<Bytes, HttpError> {
    let url: Uri = url.parse().expect("a URL");
    let response = client.get(url).await?.or_http_error()?;
    Ok(response.into_body().collect().await?.to_bytes())
}

/// A connection for each attempt, without a pool.
#[retry(wait = none(), when = transient())]
async fn get_alone(server: &Server) -> Result<StatusCode, HttpError> {
    let stream = TcpStream::connect(server.address()).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get("/").body(Empty::<Bytes>::new());
    let response = sender.send_request(request.expect("a request")).await?;
    let response = response.or_http_error()?;
    let status = response.status();
    response.into_body().collect().await?;
    Ok(status)
}

fn pool() -> Pool {
    Client::builder(TokioExecutor::new()).build_http()
}

#[tokio::test]
async fn a_response_after_failures() {
    for failure in [
        status(503),
        Reply::Cut(String::new()),
        Reply::Reset(String::new()),
        Reply::Cut(HALF.into()),
        Reply::Reset(HALF.into()),
    ] {
        let server = Server::start([failure.clone()]);
        assert_eq!(get(&pool(), &server.url("/")).await.unwrap(), "ok");
        assert_eq!(server.requests().len(), 2);
        let server = Server::start([failure.clone()]);
        assert_eq!(get_alone(&server).await.unwrap(), StatusCode::OK);
        assert_eq!(server.requests().len(), 2);

        let server = Server::start([failure.clone(), failure]);
        let pooled = Scope::off().run_async(get(&pool(), &server.url("/"))).await;
        let alone = Scope::off().run_async(get_alone(&server)).await;
        for error in [pooled.unwrap_err(), alone.unwrap_err()] {
            assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
        }
    }
}

#[tokio::test]
async fn what_broke_and_what_is_said_of_it() {
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
            "closed in the body of the response",
            Reply::Cut(HALF.into()),
            "UnexpectedEof",
        ),
        (
            "the answer is not HTTP",
            Reply::Answer("SMTP, who are you?\r\n\r\n".into()),
            "Parse",
        ),
    ] {
        let server = Server::start(vec![reply; 9]);
        let error = Scope::off().run_async(get(&pool(), &server.url("/"))).await;
        let Err(error) = error else { panic!("{fault}") };
        Row::new("hyper-util", fault)
            .seen(seen)
            .source("RFC 9112, 8 and 9.3.1")
            .check(&error);
    }
    let refused = Scope::off().run_async(get(&pool(), &refusing())).await;
    Row::new("hyper-util", "the connection is refused")
        .seen("ConnectionRefused")
        .source("connect(2), ECONNREFUSED")
        .check(&refused.unwrap_err());
    let nowhere = Scope::off()
        .run_async(get(&pool(), "http://persevere.invalid/"))
        .await;
    Row::new("hyper-util", "the name does not resolve")
        .seen("dns error")
        .source("getaddrinfo(3), EAI_AGAIN and EAI_NONAME")
        .check(&nowhere.unwrap_err());
}

#[tokio::test]
async fn what_the_server_says() {
    let server = Server::start([
        answer(503, &[("Retry-After", "5")], ""),
        answer(404, &[("Retry-After", "5")], ""),
        Reply::Answer("SMTP, who are you?\r\n\r\n".into()),
    ]);
    let wanted = [
        Verdict::RetryAfter(Duration::from_secs(5)),
        Verdict::Final,
        Verdict::Final,
    ];
    for verdict in wanted {
        let error = Scope::off()
            .run_async(get_alone(&server))
            .await
            .unwrap_err();
        assert_eq!(error.verdict(), verdict, "{error}");
        assert!(!error.unsent(), "{error}");
    }
}

#[tokio::test]
async fn nobody_listens() {
    let error = get(&pool(), &refusing()).await.unwrap_err();
    assert!(error.verdict().is_retry() && error.unsent(), "{error}");
    assert!(error.to_string().contains("refused"), "says why: {error}");
}

#[tokio::test]
async fn a_connection_that_is_kept_open_and_closed_proves_nothing() {
    let server = Server::start([status(200), Reply::Cut(String::new())]);
    let (pool, url) = (pool(), server.url("/"));
    assert_eq!(get(&pool, &url).await.unwrap(), "");
    let second = Scope::off().run_async(get(&pool, &url)).await;
    let error = second.unwrap_err();
    assert!(error.verdict().is_retry() && !error.unsent(), "{error}");
    Row::new(
        "hyper-util",
        "kept open, and closed as the next request came",
    )
    .seen("IncompleteMessage")
    .source("RFC 9112, 9.3.1")
    .check(&error);
}

/// The connection is closed before the request is given to it.
#[tokio::test]
async fn a_request_that_is_cancelled() {
    let server = Server::start([Reply::Cut(String::new())]);
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    drop(connection);
    let request = Request::get("/").body(Empty::<Bytes>::new()).unwrap();
    let error = sender.send_request(request).await.unwrap_err();
    assert!(error.is_canceled());
    assert!(error.verdict().is_retry() && !error.unsent());
}

/// Fails in making a connection, as TLS can.
#[derive(Clone)]
struct Unconnected(ErrorKind);

impl Service<Uri> for Unconnected {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Ready<io::Result<TokioIo<TcpStream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(Err(self.0.into()))
    }
}

#[tokio::test]
async fn connections_that_are_not_made() {
    for (kind, verdict) in [
        (ErrorKind::ConnectionRefused, Verdict::Retry),
        (ErrorKind::TimedOut, Verdict::Retry),
        (ErrorKind::UnexpectedEof, Verdict::Retry),
        (ErrorKind::Other, Verdict::Retry),
        (ErrorKind::InvalidData, Verdict::Final), // a certificate that is refused
        (ErrorKind::InvalidInput, Verdict::Final),
    ] {
        let client = Client::builder(TokioExecutor::new()).build(Unconnected(kind));
        let request = Request::post("http://localhost/").body(Empty::<Bytes>::new());
        let error: Error = client.request(request.unwrap()).await.unwrap_err();
        assert_eq!(error.verdict(), verdict, "{kind}");
        assert!(error.unsent(), "{kind}");
    }
}

/// A request that the client does not take: no connection, and no cause.
#[tokio::test]
async fn what_is_wrong_with_the_request_is_final() {
    let error: Error = pool().get(Uri::from_static("/relative")).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Final);
    assert!(!error.unsent());
}

/// Ends connections as soon as they are made, before they have written a request.
#[derive(Clone)]
struct Abandoning;

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Abandoning {
    fn execute(&self, connection: F) {
        tokio::spawn(async {
            let mut connection = Box::pin(connection);
            let _ = poll_fn(|cx| Poll::Ready(connection.as_mut().poll(cx))).await;
            // The request is given to it meanwhile.
            tokio::time::sleep(Duration::from_millis(20)).await;
        });
    }
}

#[tokio::test]
async fn a_request_that_is_not_written_is_unsent() {
    let server = Server::start([]);
    let client: Pool = Client::builder(Abandoning).build_http();
    let url = server.url("/").parse().unwrap();
    let error: Error = client.get(url).await.unwrap_err();
    assert!(error.verdict().is_retry() && error.unsent(), "{error:?}");
    Row::new("hyper-util", "cancelled before anything was written")
        .seen("Canceled")
        .source("hyper 1.12, client/dispatch.rs, `TrySendError`")
        .check(&error);
    assert!(!error.is_connect(), "{error:?}");
    assert!(server.requests().is_empty());
}
