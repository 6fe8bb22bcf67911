//! HTTP/2 by raw frames: what a server says of a request that it has not processed, and of one that it may have.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use persevere::http::HttpError;
use persevere::{Transient, Verdict, retry};
use reqwest::redirect::Policy;
use server::{Reply, Server};
use support::http2::{Frames, Then, code};
use support::{Http2, Row};
use tokio::net::TcpStream;

const RULE: &str = "RFC 9113, 8.7";
const SECOND: Duration = Duration::from_secs(1);

fn reqwest_client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.http2_prior_knowledge().redirect(Policy::none());
    client.retry(reqwest::retry::never()).build().unwrap()
}

type Http2Pool = Pool<HttpConnector, Empty<Bytes>>;

fn pool() -> Http2Pool {
    Pool::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http()
}

/// The whole exchange by hyper-util.
async fn by_pool(pool: &Http2Pool, url: &str) -> Result<(), HttpError> {
    let request = Request::post(url.parse::<Uri>().unwrap());
    let request = request.body(Empty::new()).unwrap();
    pool.request(request).await?.into_body().collect().await?;
    Ok(())
}

/// The whole exchange on a connection of its own, by hyper alone.
async fn by_hyper(server: &Http2) -> Result<(), hyper::Error> {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let io = TokioIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
    tokio::spawn(connection);
    let request = Request::builder().method(Method::POST).uri(server.url());
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let response = sender.send_request(request).await?;
    response.into_body().collect().await?;
    Ok(())
}

/// The error of reqwest itself, of a whole exchange.
async fn by_reqwest(client: &reqwest::Client, url: &str) -> reqwest::Result<()> {
    client.post(url).send().await?.bytes().await?;
    Ok(())
}

/// A server that answers every request in this way.
fn always(script: impl Fn(&mut Frames, u32) -> io::Result<Then> + Send + Sync + 'static) -> Http2 {
    Http2::start(script)
}

/// The errors of one request by each client, after which the server has seen so many.
async fn errors(
    server: &Http2,
) -> (
    hyper::Error,
    hyper_util::client::legacy::Error,
    reqwest::Error,
) {
    let alone = by_hyper(server).await.unwrap_err();
    let pooled = Request::post(server.url()).body(Empty::new()).unwrap();
    let pooled = pool().request(pooled).await.unwrap_err();
    let by_reqwest = by_reqwest(&reqwest_client(), &server.url())
        .await
        .unwrap_err();
    assert_eq!(server.requests(), 3);
    (alone, pooled, by_reqwest)
}

#[tokio::test]
async fn a_stream_that_is_refused_is_unsent() {
    let server = always(|frames, stream| {
        frames.reset(stream, code::REFUSED_STREAM)?;
        Ok(Then::Go)
    });
    let (alone, pooled, by_reqwest) = errors(&server).await;
    let row = |client| {
        Row::new(client, "HTTP/2: the stream is refused")
            .server("raw frames")
            .seen("REFUSED_STREAM")
            .source(RULE)
    };
    row("hyper").check(&alone);
    row("hyper-util").check(&pooled);
    row("reqwest").check(&by_reqwest);
    assert!(alone.unsent() && pooled.unsent());
    assert!(!by_reqwest.unsent() && by_reqwest.unsent_without_redirects());
}

#[tokio::test]
async fn a_stream_beyond_the_last_of_a_go_away_is_unsent() {
    for (code, seen, fault) in [
        (
            code::NO_ERROR,
            "NO_ERROR",
            "HTTP/2: GOAWAY below the stream",
        ),
        (
            code::ENHANCE_YOUR_CALM,
            "ENHANCE_YOUR_CALM",
            "HTTP/2: GOAWAY below the stream, with an error",
        ),
    ] {
        for then in [Then::Close, Then::Reset, Then::Stall, Then::Go] {
            let server = always(move |frames, _| {
                frames.go_away(0, code)?;
                Ok(then)
            });
            let (alone, pooled, by_reqwest) = errors(&server).await;
            let hears = |error: &dyn std::error::Error| format!("{error:?}").contains(seen);
            if !(hears(&alone) && hears(&pooled) && hears(&by_reqwest)) {
                // The end of the connection may be heard first, and proves nothing.
                assert!(matches!(then, Then::Close | Then::Reset), "{then:?}");
                assert!(hears(&alone) || !alone.unsent(), "{alone:?}");
                assert!(hears(&pooled) || !pooled.unsent(), "{pooled:?}");
                let proof = by_reqwest.unsent_without_redirects();
                assert!(hears(&by_reqwest) || !proof, "{by_reqwest:?}");
                continue;
            }
            let row = |client| {
                Row::new(client, fault)
                    .server("raw frames")
                    .seen(seen)
                    .source(RULE)
            };
            row("hyper").check(&alone);
            row("hyper-util").check(&pooled);
            row("reqwest").check(&by_reqwest);
            assert_eq!(
                alone.unsent(),
                code == code::NO_ERROR,
                "also of a connection's future"
            );
            assert!(pooled.unsent(), "{then:?} {pooled:?}");
            assert!(by_reqwest.unsent_without_redirects() && !by_reqwest.unsent());
        }
    }
}

/// The server may have processed it: up to the last stream of a `GOAWAY` requests go on until the connection ends.
#[tokio::test]
async fn a_stream_up_to_the_last_of_a_go_away_is_never_unsent() {
    for code in [
        code::NO_ERROR,
        code::PROTOCOL_ERROR,
        code::INTERNAL_ERROR,
        code::ENHANCE_YOUR_CALM,
    ] {
        for beyond in [0, 2, u32::MAX >> 1] {
            for then in [Then::Close, Then::Reset] {
                let server = always(move |frames, stream| {
                    frames.go_away(stream.saturating_add(beyond).min(u32::MAX >> 1), code)?;
                    Ok(then)
                });
                let (alone, pooled, by_reqwest) = errors(&server).await;
                for error in [&alone as &dyn Transient, &pooled, &by_reqwest] {
                    assert_eq!(error.verdict(), Verdict::Retry);
                    assert!(
                        !error.unsent_without_redirects(),
                        "{code} {beyond} {then:?}"
                    );
                }
                if (code, then) == (code::NO_ERROR, Then::Close) {
                    let row = |client| {
                        Row::new(client, "HTTP/2: GOAWAY from the stream on, then closed")
                            .server("raw frames")
                            .seen("BrokenPipe")
                            .source("RFC 9113, 6.8")
                    };
                    row("hyper").check(&alone);
                    row("hyper-util").check(&pooled);
                    row("reqwest").check(&by_reqwest);
                }
            }
        }
    }
}

/// Silence after it: the client's own limit ends the wait.
#[tokio::test]
async fn a_stream_up_to_the_last_of_a_go_away_waits() {
    let server = always(|frames, stream| {
        frames.go_away(stream, code::NO_ERROR)?;
        Ok(Then::Stall)
    });
    let late = tokio::time::timeout(SECOND / 5, by_hyper(&server)).await;
    assert!(late.is_err(), "{late:?}");
}

#[tokio::test]
async fn other_resets_prove_nothing() {
    for code in [
        code::NO_ERROR,
        code::PROTOCOL_ERROR,
        code::INTERNAL_ERROR,
        code::CANCEL,
        code::ENHANCE_YOUR_CALM,
    ] {
        let server = always(move |frames, stream| {
            frames.reset(stream, code)?;
            Ok(Then::Go)
        });
        let (alone, pooled, by_reqwest) = errors(&server).await;
        for error in [&alone as &dyn Transient, &pooled, &by_reqwest] {
            assert_eq!(error.verdict(), Verdict::Retry, "{code}");
            assert!(!error.unsent_without_redirects(), "{code}");
        }
        if code == code::INTERNAL_ERROR {
            let row = |client| {
                Row::new(client, "HTTP/2: the stream is reset by an internal error")
                    .server("raw frames")
                    .seen("INTERNAL_ERROR")
                    .source("RFC 9113, 7")
            };
            row("hyper").check(&alone);
            row("hyper-util").check(&pooled);
            row("reqwest").check(&by_reqwest);
        }
    }
}

/// A server that breaks its word has answered before. Without an error hyper takes a `GOAWAY` for the end of the body.
#[tokio::test]
async fn what_comes_in_the_body_of_a_response_proves_nothing() {
    let refused = |frames: &mut Frames, stream| frames.reset(stream, code::REFUSED_STREAM);
    let gone = |frames: &mut Frames, _| frames.go_away(0, code::ENHANCE_YOUR_CALM);
    type Says = fn(&mut Frames, u32) -> io::Result<()>;
    for says in [refused as Says, gone] {
        let server = always(move |frames, stream| {
            frames.half(stream)?;
            says(frames, stream)?;
            Ok(Then::Go)
        });
        let alone = by_hyper(&server).await.unwrap_err();
        let by_reqwest = by_reqwest(&reqwest_client(), &server.url()).await;
        let by_reqwest = by_reqwest.unwrap_err();
        for error in [&alone as &dyn Transient, &by_reqwest] {
            assert_eq!(error.verdict(), Verdict::Retry);
            assert!(
                !error.unsent_without_redirects(),
                "{alone:?} {by_reqwest:?}"
            );
        }
    }
}

#[derive(Clone, Copy)]
enum When {
    Unsent,
    UnsentWithoutRedirects,
    Transient,
}

#[retry(wait = none(), when = unsent())]
async fn unsent(client: &reqwest::Client, url: &str) -> reqwest::Result<()> {
    by_reqwest(client, url).await
}

#[retry(wait = none(), when = unsent().no_redirects())]
async fn unsent_without_redirects(client: &reqwest::Client, url: &str) -> reqwest::Result<()> {
    by_reqwest(client, url).await
}

#[retry(wait = none(), when = transient())]
async fn transient(client: &reqwest::Client, url: &str) -> reqwest::Result<()> {
    by_reqwest(client, url).await
}

async fn call(when: When, client: &reqwest::Client, url: &str) -> reqwest::Result<()> {
    match when {
        When::Unsent => unsent(client, url).await,
        When::UnsentWithoutRedirects => unsent_without_redirects(client, url).await,
        When::Transient => transient(client, url).await,
    }
}

/// Its own two repeats, of a `POST` too, and the line that turns them off.
#[tokio::test]
async fn reqwest_repeats_what_was_not_processed_by_itself() {
    let refusing = || {
        always(|frames, stream| {
            frames.reset(stream, code::REFUSED_STREAM)?;
            Ok(Then::Go)
        })
    };
    let default = reqwest::Client::builder().no_proxy();
    let default = default.http2_prior_knowledge().build().unwrap();
    for (client, each) in [(default, 3), (reqwest_client(), 1)] {
        for (when, attempts) in [
            (When::Unsent, 1),
            (When::UnsentWithoutRedirects, 3),
            (When::Transient, 3),
        ] {
            let server = refusing();
            assert!(call(when, &client, &server.url()).await.is_err());
            assert_eq!(server.requests(), attempts * each);
        }
    }
}

/// The first request is answered, so that the client knows how many streams it may have: one. The second has it, the
/// third waits for it, and the server says `GOAWAY` and closes in good order.
#[tokio::test]
async fn a_request_that_waits_for_a_stream_as_the_server_goes_is_retried() {
    let server = leaving();
    let pool = pool();
    by_pool(&pool, &server.url()).await.unwrap();
    let url = server.url();
    let request = || Request::post(&*url).body(Empty::new()).unwrap();
    let (held, waiting) = tokio::join!(pool.request(request()), pool.request(request()));
    assert!(held.is_ok());
    let error = waiting.unwrap_err();
    Row::new(
        "hyper-util",
        "HTTP/2: GOAWAY while the request waits for a stream",
    )
    .server("raw frames")
    .seen("dispatch task is gone")
    .source("hyper 1.12, proto/h2/client.rs")
    .check(&error);
    assert_eq!(error.verdict(), Verdict::Retry);
    assert!(!error.unsent());

    let server = leaving();
    let client = reqwest_client();
    by_reqwest(&client, &server.url()).await.unwrap();
    let url = server.url();
    let (held, waiting) = tokio::join!(by_reqwest(&client, &url), by_reqwest(&client, &url));
    assert!(held.is_ok());
    let error = waiting.unwrap_err();
    Row::new(
        "reqwest",
        "HTTP/2: GOAWAY while the request waits for a stream",
    )
    .server("raw frames")
    .seen("dispatch task is gone")
    .source("hyper 1.12, proto/h2/client.rs")
    .check(&error);

    // A call is repeated on another connection.
    let server = leaving();
    let client = reqwest_client();
    by_reqwest(&client, &server.url()).await.unwrap();
    let url = server.url();
    let (held, again) = tokio::join!(by_reqwest(&client, &url), transient(&client, &url));
    assert!(held.is_ok() && again.is_ok());
    assert_eq!(
        server.requests(),
        3,
        "it was never sent on the first connection"
    );
}

/// A server of one stream at a time that goes away at its second request.
fn leaving() -> Http2 {
    let answered = Arc::new(AtomicUsize::new(0));
    Http2::with_streams(1, move |frames, stream| {
        if answered.fetch_add(1, Ordering::SeqCst) != 1 {
            frames.answer(stream)?;
            return Ok(Then::Go);
        }
        // Whatever waits has been given to the client by then.
        std::thread::sleep(SECOND / 10);
        frames.go_away(stream, code::NO_ERROR)?;
        frames.answer(stream)?;
        Ok(Then::Close)
    })
}

/// The same text comes of a task that is dropped in the middle of a call, which the server has seen.
#[tokio::test]
async fn a_connection_whose_task_is_dropped_proves_nothing() {
    let server = Server::start([Reply::Stall]);
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let io = TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::post("/").body(Empty::<Bytes>::new()).unwrap();
    let call = tokio::spawn(sender.send_request(request));
    while server.requests().is_empty() {
        tokio::time::sleep(SECOND / 200).await;
    }
    connection.abort();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "dispatch task is gone");
    assert_eq!(error.verdict(), Verdict::Retry);
    assert!(!error.unsent());
}

/// A body whose code panics as the connection asks for it.
struct Panicking;

impl hyper::body::Body for Panicking {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        panic!("a bug of the body");
    }
}

#[tokio::test]
async fn a_panic_of_the_users_code_is_final() {
    let server = Server::start([Reply::Stall]);
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let io = TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let request = Request::post("/").body(Panicking).unwrap();
    let error = sender.send_request(request).await.unwrap_err();
    assert_eq!(error.to_string(), "dispatch task is gone");
    Row::new("hyper", "the code of the request's body panics")
        .seen("user code panicked")
        .source("hyper 1.12, client/dispatch.rs")
        .check(&error);
    assert_eq!(error.verdict(), Verdict::Final);
}

/// It says nothing of the request, which the server has.
#[tokio::test]
async fn the_error_of_the_connection_itself_proves_nothing() {
    let server = always(|frames, stream| {
        frames.go_away(stream, code::INTERNAL_ERROR)?;
        Ok(Then::Close)
    });
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let io = TokioIo::new(stream);
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
    let (mut sender, connection) = handshake.await.unwrap();
    let request = Request::post(server.url()).body(Empty::<Bytes>::new());
    let call = sender.send_request(request.unwrap());
    let (of_call, of_connection) = tokio::join!(call, connection);
    let error = of_connection.unwrap_err();
    assert!(format!("{error:?}").contains("GoAway"), "{error:?}");
    assert!(!error.unsent(), "{error:?}");
    assert!(!of_call.unwrap_err().unsent());
}

/// Over HTTP/1 it is hyper's `is_user()`; over HTTP/2 the client resets its own stream.
#[tokio::test]
async fn a_body_that_fails_is_final() {
    use http_body_util::StreamBody;
    use hyper::body::Frame;
    let server = always(|frames, stream| {
        frames.answer(stream)?;
        Ok(Then::Go)
    });
    let first = Ok(Frame::data(Bytes::from_static(b"1")));
    let lost = io::Error::from(io::ErrorKind::ConnectionReset);
    let frames = tokio_stream::iter([first, Err(lost)]);
    let body = reqwest::Body::wrap(StreamBody::new(frames));
    let call = reqwest_client().post(server.url()).body(body).send();
    let error = call.await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Final, "{error:?}");
    assert_eq!(error.health(), persevere::Health::Unknown, "{error:?}");
    assert!(!error.unsent_without_redirects(), "{error:?}");
    Row::new("reqwest", "HTTP/2: the request's body fails")
        .server("raw frames")
        .seen("stream error sent by user")
        .source("h2 0.4.20, error.rs")
        .check(&error);
}
