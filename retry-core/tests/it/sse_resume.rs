//! Streams of server-sent events that go on where they broke.
#![cfg(all(feature = "http", feature = "stream", feature = "tokio"))]

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use http::StatusCode;
use persevere_core::http::HttpError;
use persevere_core::http::sse::{self, Cursor, Event};
use persevere_core::{RetryPolicy, stop, wait, when};
use tokio::time::Instant;

use crate::common::SECOND;
use crate::sse::event_stream;

/// The end of a connection.
#[derive(Clone, Copy)]
enum End {
    Closed,
    Reset,
    Silent,
}

/// A response: its status, its body, and the end of it.
type Reply = (u16, &'static str, End);

/// A server that replies by a script; after the script it refuses connections.
struct Server {
    replies: RefCell<std::vec::IntoIter<Reply>>,
    /// The `Last-Event-ID` and the time of each request.
    requests: RefCell<Vec<(String, Duration)>>,
    start: Instant,
}

impl Server {
    fn new(replies: &[Reply]) -> Self {
        Server {
            replies: RefCell::new(Vec::from(replies).into_iter()),
            requests: RefCell::default(),
            start: Instant::now(),
        }
    }

    async fn open(
        &self,
        cursor: Cursor,
    ) -> Result<impl Stream<Item = Result<Event, HttpError>>, HttpError> {
        let id = cursor.headers().get("last-event-id").cloned();
        let id = id.map_or(String::new(), |id| id.to_str().unwrap().to_owned());
        self.requests.borrow_mut().push((id, self.start.elapsed()));
        let reply = self.replies.borrow_mut().next();
        let (status, body, end) =
            reply.ok_or_else(|| io::Error::from(io::ErrorKind::ConnectionRefused))?;
        sse::check(StatusCode::from_u16(status).unwrap(), &event_stream())?;
        let chunks = stream::iter(body.as_bytes().chunks(5).map(io::Result::Ok));
        let reset = || Err(io::ErrorKind::ConnectionReset.into());
        let body = match end {
            End::Closed => chunks.boxed(),
            End::Reset => chunks.chain(stream::iter([reset()])).boxed(),
            End::Silent => chunks.chain(stream::pending()).boxed(),
        };
        Ok(cursor.events(body).max_event_size(64))
    }

    fn ids(&self) -> Vec<String> {
        self.requests
            .borrow()
            .iter()
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The pauses between the requests.
    fn pauses(&self) -> Vec<Duration> {
        let requests = self.requests.borrow();
        requests.windows(2).map(|two| two[1].1 - two[0].1).collect()
    }
}

fn policy() -> RetryPolicy<stop::AfterAttempt, wait::Backoff<wait::Fixed>, when::OnTransient> {
    RetryPolicy::new()
        .stop(stop::after_attempt(3))
        .wait(wait::fixed(SECOND))
        .when(when::transient())
}

async fn told(events: impl Stream<Item = Result<Event, HttpError>>) -> Vec<Result<String, String>> {
    let told = |event: Result<Event, HttpError>| {
        event
            .map(Event::into_data)
            .map_err(|error| error.to_string())
    };
    events.map(told).collect().await
}

fn ok(data: &str) -> Result<String, String> {
    Ok(data.to_owned())
}

fn err(text: &str) -> Result<String, String> {
    Err(text.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_after_the_last_event_that_was_complete() {
    let server = Server::new(&[
        (
            200,
            "data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid: 2\ndata: half",
            End::Reset,
        ),
        (200, "id: 2\ndata: d\n\nid: 3\n\n", End::Closed),
        (200, "data: e\n\nid\n\n", End::Closed),
    ]);
    let policy = policy();
    let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
    let refused = err("connection refused");
    assert_eq!(
        told(events).await,
        [ok("a"), ok("b"), ok("c"), ok("d"), ok("e"), refused]
    );
    assert_eq!(server.ids(), ["", "1", "3", "", ""]);

    let server = Server::new(&[]);
    let events = sse::resume(&policy, Cursor::after("41"), |cursor| server.open(cursor));
    assert_eq!(told(events).await.len(), 1);
    assert_eq!(server.ids(), ["41"; 3]);
}

/// Told once, before any event, it holds after a close, a reset, a refusal and silence, until another is told.
#[tokio::test(start_paused = true)]
async fn the_pause_that_the_server_asks_for_is_a_floor() {
    let server = Server::new(&[
        (200, "retry: 20000\n\n", End::Closed),
        (503, "", End::Closed),
        (200, "data: a\n\n", End::Silent),
        (200, "data: b\nretry: 500\n\n", End::Reset),
        (200, "data: c\n\n", End::Closed),
    ]);
    let policy = policy();
    let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
    let events = events.idle_timeout(30 * SECOND);
    assert_eq!(told(events.take(3)).await, [ok("a"), ok("b"), ok("c")]);
    let seconds: Vec<_> = server.pauses().iter().map(Duration::as_secs).collect();
    let (asked, asked_after_silence) = (20..=21, 50..=51);
    assert!(
        asked.contains(&seconds[0]) && asked.contains(&seconds[1]),
        "{seconds:?}"
    );
    assert!(asked_after_silence.contains(&seconds[2]), "{seconds:?}");
    assert_eq!(seconds[3], 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_too_long_ends_the_stream_unless_the_wait_allows_it() {
    let replies: [Reply; 2] = [
        (200, "retry: 120000\ndata: a\n\n", End::Reset),
        (200, "data: b\n\n", End::Closed),
    ];
    let (server, patient) = (Server::new(&replies), Server::new(&replies));
    let policy = policy();
    let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
    assert_eq!(told(events).await, [ok("a"), err("connection reset")]);
    let policy = policy.wait(wait::fixed(SECOND).hint_max(300 * SECOND));
    let events = sse::resume(&policy, Cursor::new(), |cursor| patient.open(cursor));
    assert_eq!(told(events.take(2)).await, [ok("a"), ok("b")]);
}

#[tokio::test(start_paused = true)]
async fn what_the_standard_ends_is_over() {
    for (reply, error) in [
        ((204, "", End::Closed), "204 No Content"),
        ((302, "", End::Closed), "302 Found"),
        ((404, "", End::Closed), "404 Not Found"),
    ] {
        let server = Server::new(&[(200, "data: a\n\n", End::Closed), reply]);
        let policy = policy().stop(stop::never());
        let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
        assert_eq!(told(events).await, [ok("a"), err(error)]);
        assert_eq!(server.ids().len(), 2);
    }
}

/// It would come again and again.
#[tokio::test(start_paused = true)]
async fn an_event_that_is_too_large_ends_the_stream() {
    let large = "id: 1\ndata: a\n\ndata: 0123456789012345678901234567890123456789012345678901234567890123456789\n\n";
    let server = Server::new(&[(200, large, End::Silent), (200, large, End::Silent)]);
    let policy = policy().stop(stop::never());
    let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
    let error = err("a server-sent event is larger than 64 bytes; raise `max_event_size`");
    assert_eq!(told(events).await, [ok("a"), error]);
    assert_eq!(server.ids().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn silence_is_cut_by_an_idle_timeout() {
    let server = Server::new(&[
        (200, "data: a\n\n", End::Silent),
        (200, "data: b\n\n", End::Silent),
    ]);
    let policy = policy();
    let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
    let events = events.idle_timeout(30 * SECOND);
    assert_eq!(
        told(events).await,
        [ok("a"), ok("b"), err("connection refused")]
    );
    assert_eq!(server.pauses(), [31 * SECOND, 31 * SECOND, SECOND]);
}

/// Comments are no events; they come every ten seconds.
#[tokio::test(start_paused = true)]
async fn heartbeats_hold_off_an_idle_timeout_and_a_quiet_stream_that_held_fails_for_the_first_time()
{
    let opened = Cell::new(0);
    let open = async |cursor: Cursor| {
        opened.set(opened.get() + 1);
        let (heartbeats, end) = match opened.get() {
            1..=6 => (100, ":\n\n"),
            7 => (1, "data: a\n\n"),
            _ => return Err(io::Error::from(io::ErrorKind::ConnectionRefused).into()),
        };
        let ticks = stream::iter(0..heartbeats).then(|_| async {
            tokio::time::sleep(10 * SECOND).await;
            io::Result::Ok(": still here\n\n")
        });
        let silence = stream::iter([Ok(end)]).chain(stream::pending());
        Ok(cursor.events(ticks.chain(silence)))
    };
    let policy = policy()
        .stop(stop::after_delay(40 * SECOND))
        .reset_after(60 * SECOND);
    let start = Instant::now();
    let events = sse::resume(&policy, Cursor::new(), open).idle_timeout(25 * SECOND);
    assert_eq!(told(events.take(1)).await, [ok("a")]);
    assert_eq!(opened.get(), 7);
    assert_eq!(start.elapsed(), 6 * (1000 + 25 + 1) * SECOND + 10 * SECOND);

    // Without it the time since the last event ends the stream at its first break.
    opened.set(0);
    let policy = self::policy().stop(stop::after_delay(40 * SECOND));
    let events = sse::resume(&policy, Cursor::new(), open).idle_timeout(25 * SECOND);
    assert_eq!(told(events).await, [err("the attempt timed out")]);
    assert_eq!(opened.get(), 1);
}

/// A server that says nothing at all is given up, however short an attempt may be that held.
#[tokio::test(start_paused = true)]
async fn silence_from_the_start_is_no_connection_that_held() {
    let server = Server::new(&[(200, "", End::Silent); 9]);
    let policy = policy().reset_after(20 * SECOND);
    let events = sse::resume(&policy, Cursor::new(), |cursor| server.open(cursor));
    let events = events.idle_timeout(30 * SECOND);
    assert_eq!(told(events).await, [err("the attempt timed out")]);
    assert_eq!(server.ids().len(), 3);
}

#[test]
fn it_is_send_where_its_parts_are() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let policy = Arc::new(RetryPolicy::new().deadline(SECOND));
    let open = async |cursor: Cursor| Ok(cursor.events(stream::iter([io::Result::Ok("data\n\n")])));
    let _ = is_send(sse::resume(&*policy, Cursor::new(), open).idle_timeout(SECOND));
    fn is_static(_: impl Future<Output = usize> + Send + 'static) {}
    is_static(async move {
        sse::resume(&*policy, Cursor::new(), open)
            .take(3)
            .count()
            .await
    });
}
