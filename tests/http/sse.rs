//! Event streams over `reqwest`, `hyper` and `ureq`, and responses that are none.

use std::io::Read;
use std::time::Duration;

use futures_util::future::Either;
use futures_util::stream::{Stream, StreamExt};
use http_body_util::{BodyDataStream, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use persevere::http::HttpError;
use persevere::http::sse::{self, Cursor, Event, NotEventStream, Parser};
use persevere::{RetryPolicy, stop, wait, when};
use server::{Reply, Server, answer, status};

type Policy = RetryPolicy<stop::Never, wait::Backoff<wait::Fixed>, when::OnTransient>;

/// Never gives up, so that only a final error ends a stream.
fn policy() -> Policy {
    let policy = RetryPolicy::new().stop(stop::never());
    policy.wait(wait::none()).when(when::transient())
}

fn by_reqwest(policy: &Policy, url: &str) -> impl Stream<Item = Result<Event, HttpError>> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    sse::resume(policy, Cursor::new(), move |cursor| {
        let request = client.get(url).headers(cursor.headers());
        async move {
            let response = request.send().await?;
            sse::check(response.status(), response.headers())?;
            Ok(cursor.events(response.bytes_stream()).max_event_size(100))
        }
    })
}

fn by_hyper(policy: &Policy, url: &str) -> impl Stream<Item = Result<Event, HttpError>> {
    let client: Client<HttpConnector, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    sse::resume(policy, Cursor::new(), move |cursor| {
        let mut request = Request::get(url).body(Empty::new()).unwrap();
        request.headers_mut().extend(cursor.headers());
        let response = client.request(request);
        async move {
            let response = response.await?;
            sse::check(response.status(), response.headers())?;
            let body = BodyDataStream::new(response.into_body());
            Ok(cursor.events(body).max_event_size(100))
        }
    })
}

fn events(body: &str) -> Reply {
    answer(200, &[("Content-Type", "text/event-stream")], body)
}

/// Returns the data of the events and the error that ended them, by each client, and the ids that it sent.
async fn told(script: &[Reply]) -> [(Vec<String>, HttpError, Vec<Option<String>>); 2] {
    let mut told = Vec::new();
    for is_hyper in [false, true] {
        let (server, policy) = (Server::start(script.to_vec()), policy());
        let url = server.url("/events");
        let stream = match is_hyper {
            true => Either::Left(by_hyper(&policy, &url)),
            false => Either::Right(by_reqwest(&policy, &url)),
        };
        let all: Vec<_> = stream.collect().await;
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        for event in all {
            match event {
                Ok(event) => data.push(event.into_data()),
                Err(error) => errors.push(error),
            }
        }
        assert_eq!(errors.len(), 1, "{errors:?}");
        let requests = server.requests();
        for request in &requests {
            assert_eq!(request.header("accept"), Some("text/event-stream"));
            assert_eq!(request.header("cache-control"), Some("no-cache"));
        }
        let id = |request: &server::Request| request.header("last-event-id").map(str::to_owned);
        told.push((data, errors.remove(0), requests.iter().map(id).collect()));
    }
    told.try_into().unwrap()
}

/// Until the server tells it to stay away.
#[tokio::test]
async fn a_busy_server_is_asked_again_and_one_without_content_is_not() {
    let script = [
        status(503),
        events("data: one\nid: 1\n\ndata: two\nid: \u{e9}\n\ndata: not compl"),
        Reply::Cut("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\ndata: three\n\ndata: four\n".into()),
        Reply::Reset(String::new()),
        status(204),
    ];
    for (data, error, ids) in told(&script).await {
        assert_eq!(data, ["one", "two", "three"]);
        assert_eq!(error.status(), Some(StatusCode::NO_CONTENT), "{error}");
        // The server of these tests reads a header as UTF-8.
        let last = Some("\u{e9}".to_owned());
        assert_eq!(ids, [None, None, last.clone(), last.clone(), last]);
    }
}

#[tokio::test]
async fn what_is_no_event_stream_ends_it() {
    let page = answer(
        200,
        &[("Content-Type", "text/html; charset=utf-8")],
        "<p>Log in",
    );
    for (data, error, ids) in told(&[events("data: 1\n\n"), page]).await {
        assert_eq!((data.len(), ids.len()), (1, 2));
        let HttpError::Transport { error, .. } = error else {
            panic!("{error}")
        };
        let error = error.downcast_ref::<NotEventStream>().unwrap();
        assert_eq!(error.media_type(), Some("text/html"));
    }
    let large = events(&format!("data: 1\n\ndata: {}\n\n", "2".repeat(200)));
    for (data, error, ids) in told(&[large]).await {
        assert_eq!((data.len(), ids.len()), (1, 1));
        let text = "a server-sent event is larger than 100 bytes; raise `max_event_size`";
        assert_eq!(error.to_string(), text);
    }
}

/// A client without streams, whose reader gives a few bytes at a time.
#[test]
fn a_blocking_client_reads_by_the_parser() {
    let server = Server::start([events(
        "retry: 250\n\n: hello\nid: 7\ndata: one\n\ndata: two\n\n",
    )]);
    let cursor = Cursor::after("6");
    let mut request = ureq::get(server.url("/events"));
    for (name, value) in &cursor.headers() {
        request = request.header(name, value);
    }
    let mut response = request.call().unwrap();
    sse::check(response.status(), response.headers()).unwrap();
    let (mut parser, mut buffer, mut told) = (Parser::new(&cursor), [0; 7], Vec::new());
    let mut body = response.body_mut().as_reader();
    loop {
        let read = body.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        let mut chunk = &buffer[..read];
        while let Some(event) = parser.parse(&mut chunk).unwrap() {
            told.push((event.id().to_owned(), event.into_data()));
        }
    }
    assert_eq!(
        told,
        [("7", "one"), ("7", "two")].map(|(id, data)| (id.to_owned(), data.to_owned()))
    );
    assert_eq!(cursor.retry(), Some(Duration::from_millis(250)));
    assert_eq!(server.requests()[0].header("last-event-id"), Some("6"));
}
