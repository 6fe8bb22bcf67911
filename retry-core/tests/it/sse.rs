//! Server-sent events: the format beside a naive reading of it, and streams that go on where they broke.
#![cfg(all(feature = "http", feature = "stream", feature = "tokio"))]

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode};
use persevere_core::http::HttpError;
use persevere_core::http::sse::{self, Cursor, Event, EventTooLarge, NotEventStream, Parser};
use persevere_core::{RetryPolicy, Transient, Verdict, stop, wait, when};
use proptest::prelude::*;
use tokio::time::Instant;

use crate::common::SECOND;

/// The fields of an event: type, data, id, pause.
type Fields = (String, String, String, Option<Duration>);

fn fields(event: &Event) -> Fields {
    let own = |text: &str| text.to_owned();
    (
        own(event.event()),
        own(event.data()),
        own(event.id()),
        event.retry(),
    )
}

/// Returns the events of a stream that comes in these chunks.
fn parsed<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Fields> {
    let mut parser = Parser::default();
    let mut events = Vec::new();
    for mut chunk in chunks {
        while let Some(event) = parser.parse(&mut chunk).unwrap() {
            events.push(fields(&event));
        }
        assert!(chunk.is_empty());
    }
    events
}

fn messages(text: &str) -> Vec<(String, String)> {
    let events = parsed([text.as_bytes()]).into_iter();
    events.map(|(_, data, id, _)| (data, id)).collect()
}

fn message(data: &str, id: &str) -> (String, String) {
    (data.to_owned(), id.to_owned())
}

/// The examples of the HTML standard, 9.2.1 and 9.2.6.
#[test]
fn the_examples_of_the_standard() {
    assert_eq!(
        messages(
            "data: This is the first message.\n\ndata: This is the second message, it\n\
             data: has two lines.\n\ndata: This is the third message.\n\n"
        ),
        [
            message("This is the first message.", ""),
            message("This is the second message, it\nhas two lines.", ""),
            message("This is the third message.", ""),
        ]
    );
    let named = parsed([
        &b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n"
            [..],
    ]);
    let named: Vec<_> = named
        .iter()
        .map(|(event, data, ..)| (&**event, &**data))
        .collect();
    assert_eq!(
        named,
        [("add", "73857293"), ("remove", "2153"), ("add", "113411")]
    );
    assert_eq!(
        messages("data: YHOO\ndata: +2\ndata: 10\n\n"),
        [message("YHOO\n+2\n10", "")]
    );
    assert_eq!(
        messages(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
        ),
        [
            message("first event", "1"),
            message("second event", ""),
            message(" third event", ""),
        ]
    );
    assert_eq!(
        messages("data\n\ndata\ndata\n\ndata:"),
        [message("", ""), message("\n", "")]
    );
    assert_eq!(
        messages("data:test\n\ndata: test\n\n"),
        [message("test", ""), message("test", "")]
    );
}

#[test]
fn lines_end_in_any_of_three_ways_and_a_cr_does_not_wait() {
    assert_eq!(messages("data: 1\r\rdata: 2\r\n\r\ndata: 3\n\n").len(), 3);
    assert_eq!(messages("data: 1\r\n\rdata: 2\n\r\n").len(), 2);
    let mut parser = Parser::default();
    let event = parser.parse(&mut &b"data: 1\r\n\r"[..]).unwrap();
    assert_eq!(event.unwrap().data(), "1");
    // Its LF comes later, and is no empty line.
    assert_eq!(parser.parse(&mut &b"\n"[..]).unwrap(), None);
    assert_eq!(parser.parse(&mut &b"data: 2\n"[..]).unwrap(), None);
    let event = parser.parse(&mut &b"data: 3\r\n\r\n"[..]).unwrap();
    assert_eq!(event.unwrap().data(), "2\n3");
}

#[test]
fn one_byte_order_mark_is_skipped_at_the_start_alone() {
    assert_eq!(messages("\u{FEFF}data: 1\n\n"), [message("1", "")]);
    assert_eq!(messages("\u{FEFF}\n\ndata: 1\n\n"), [message("1", "")]);
    assert_eq!(messages("\u{FEFF}\u{FEFF}data: 1\n\n"), []);
    assert_eq!(messages("\n\u{FEFF}data: 1\n\n"), []);
    let bytes = "\u{FEFF}data: 1\n\n".as_bytes();
    assert_eq!(parsed(bytes.chunks(1)).len(), 1);
}

#[test]
fn an_id_holds_until_the_next_and_one_that_no_header_carries_is_ignored() {
    assert_eq!(
        messages("id: 1\ndata: a\n\ndata: b\n\nid: \u{e9}\ndata: c\n\nid:\ndata: d\n\n"),
        [
            message("a", "1"),
            message("b", "1"),
            message("c", "\u{e9}"),
            message("d", "")
        ]
    );
    for byte in (0..32)
        .chain([127])
        .filter(|byte| !b"\t\n\r".contains(byte))
    {
        let text = format!("id: 1\nid: 2{}\ndata: a\n\n", char::from(byte));
        assert_eq!(messages(&text), [message("a", "1")], "{byte}");
    }
    let cursor = Cursor::new();
    let mut parser = Parser::new(&cursor);
    let event = parser
        .parse(&mut &b"id: 1\t\xE9\ndata\n\n"[..])
        .unwrap()
        .unwrap();
    let sent = &event.cursor().headers()["last-event-id"];
    assert_eq!(sent.as_bytes(), "1\t\u{FFFD}".as_bytes());
}

#[test]
fn a_pause_is_a_number_in_ascii_digits() {
    let retry = |value: &str| {
        let cursor = Cursor::new();
        let text = format!("retry: 7\nretry{value}\ndata\n\n");
        let event = Parser::new(&cursor).parse(&mut text.as_bytes()).unwrap();
        assert_eq!(event.unwrap().retry(), cursor.retry());
        cursor.retry().unwrap().as_millis()
    };
    assert_eq!(retry(":250"), 250);
    assert_eq!(retry(": 0"), 0);
    assert_eq!(retry(": 007"), 7);
    assert_eq!(retry(": 99999999999999999999999"), u128::from(u64::MAX));
    for value in [
        "",
        ":",
        ": 1.5",
        ": -1",
        ": +1",
        ":  1",
        ": 1 ",
        ": 1s",
        ": \u{661}",
    ] {
        assert_eq!(retry(value), 7, "{value}");
    }
}

/// The cursor after an event knows of an `id` without data that came behind it, and of no event after it.
#[test]
fn an_id_without_data_is_a_place_to_go_on_from() {
    let mut parser = Parser::default();
    let mut text = &b"id: 1\ndata\n\nid: 2\n\nid: 3\n\nid: 4\ndata\n\n"[..];
    let first = parser.parse(&mut text).unwrap().unwrap();
    assert_eq!(&*first.cursor().last_event_id(), "1");
    let fourth = parser.parse(&mut text).unwrap().unwrap();
    assert_eq!((first.id(), &*first.cursor().last_event_id()), ("1", "3"));
    assert_eq!(&*fourth.cursor().last_event_id(), "4");

    // Of the next connection, which begins there.
    let mut parser = Parser::new(&first.cursor());
    let event = parser.parse(&mut &b"data\n\n"[..]).unwrap().unwrap();
    assert_eq!((event.id(), &*event.cursor().last_event_id()), ("3", "3"));
}

/// A connection that was read ahead of the events that were taken.
#[test]
fn an_id_without_data_behind_an_event_that_was_never_taken_is_forgotten() {
    let mut text = &b"id: 1\ndata\n\nid: 2\ndata\n\nid: 3\n\n"[..];
    let mut parser = Parser::default();
    let first = parser.parse(&mut text).unwrap().unwrap();
    assert!(parser.parse(&mut text).unwrap().is_some());
    assert_eq!(parser.parse(&mut text).unwrap(), None);
    assert_eq!(&*first.cursor().last_event_id(), "1");

    let mut parser = Parser::new(&first.cursor());
    let next = parser.parse(&mut &b"data\n\n"[..]).unwrap().unwrap();
    assert_eq!((next.id(), &*next.cursor().last_event_id()), ("1", "1"));
}

#[test]
fn an_event_that_is_too_large_is_an_error_for_ever() {
    let parse = |text: &str, limit| {
        let mut parser = Parser::default().max_event_size(limit);
        let mut events = 0;
        for mut chunk in text.as_bytes().chunks(3) {
            while parser.parse(&mut chunk)?.is_some() {
                events += 1;
            }
        }
        Ok::<_, EventTooLarge>(events)
    };
    assert_eq!(parse("data: 12345\n\ndata: 12345\n\n", 11), Ok(2));
    assert_eq!(parse("data: 12345\n\n", 10).unwrap_err().limit(), 10);
    assert_eq!(parse("data: 1\ndata: 2\n\n", 9), Ok(1));
    assert!(parse("data: 1\ndata: 2\ndata: 3\n\n", 9).is_err());
    assert!(parse("event: 123\nid: 456\ndata: 1\n\n", 12).is_err());
    // Fields that are not kept have no sum.
    assert_eq!(
        parse(&": 1234567\nother: 1\nretry: 1\n".repeat(99), 12),
        Ok(0)
    );

    let mut parser = Parser::default().max_event_size(4);
    for _ in 0..2 {
        assert!(parser.parse(&mut &b"12345"[..]).is_err());
        assert!(parser.parse(&mut &b"\n\ndata\n\n"[..]).is_err());
    }
    let mut default = Parser::default();
    let mebibyte = vec![b' '; 1 << 20];
    let read = (0..9).take_while(|_| default.parse(&mut &*mebibyte).is_ok());
    assert_eq!(read.count(), 8);
}

/// A naive reading of the whole stream.
fn model(bytes: &[u8]) -> Vec<Fields> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<_> = text.split('\n').collect();
    lines.pop();
    let mut blocks: Vec<_> = lines.split(|line| line.is_empty()).collect();
    blocks.pop();
    let mut last_id = String::new();
    let events = blocks.into_iter().filter_map(|block| {
        let split = |line: &&str| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            (
                name.to_owned(),
                value.strip_prefix(' ').unwrap_or(value).to_owned(),
            )
        };
        let values = |wanted: &str| {
            let fields = block.iter().map(split).filter(|(name, _)| name == wanted);
            fields.map(|(_, value)| value).collect::<Vec<_>>()
        };
        let is_sent = |id: &String| HeaderValue::from_bytes(id.as_bytes()).is_ok();
        if let Some(id) = values("id").into_iter().rfind(is_sent) {
            last_id = id;
        }
        let is_number =
            |text: &&String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let retry = values("retry")
            .iter()
            .rfind(is_number)
            .map(|text| text.parse().unwrap_or(u64::MAX));
        let event = values("event").pop().filter(|event| !event.is_empty());
        let event = event.unwrap_or_else(|| "message".to_owned());
        let data = values("data");
        let retry = retry.map(Duration::from_millis);
        (!data.is_empty()).then(|| (event, data.join("\n"), last_id.clone(), retry))
    });
    events.collect()
}

/// Pieces of which streams are made: more of them mean something than of arbitrary bytes.
fn stream_of_pieces() -> impl Strategy<Value = Vec<u8>> {
    const WORDS: [&str; 19] = [
        "data",
        "data:",
        "data: ",
        "event",
        "event: ",
        "id",
        "id: ",
        "retry",
        "retry: ",
        ":",
        " ",
        "1",
        "250",
        "\u{e9}",
        "\u{1F980}",
        "\u{FEFF}",
        "\0",
        "\u{7f}",
        "other: ",
    ];
    const ENDS: [&str; 6] = ["\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n"];
    let piece = prop_oneof![
        4 => proptest::sample::select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()),
        4 => proptest::sample::select(&ENDS[..]).prop_map(|end| end.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Cuts bytes at these places.
fn cut<'a>(bytes: &'a [u8], places: &[proptest::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = places
        .iter()
        .map(|place| place.index(bytes.len() + 1))
        .collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|ends| &bytes[ends[0]..ends[1]])
        .collect()
}

proptest! {
    #[test]
    fn a_stream_in_any_chunks_is_as_the_model_reads_it(
        bytes in stream_of_pieces(),
        places in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
    ) {
        let wanted = model(&bytes);
        prop_assert_eq!(&parsed([&*bytes]), &wanted);
        let chunks = cut(&bytes, &places);
        prop_assert_eq!(&parsed(chunks.clone()), &wanted);
        prop_assert_eq!(&parsed(bytes.chunks(1)), &wanted);

        let body = stream::iter(chunks.into_iter().map(io::Result::Ok));
        let events = futures_util::FutureExt::now_or_never(Cursor::new().events(body).collect::<Vec<_>>());
        let events: Vec<_> = events.unwrap().iter().map(|event| fields(event.as_ref().unwrap())).collect();
        prop_assert_eq!(events, wanted);
    }

    /// A limit takes nothing from the events before the one that is too large.
    #[test]
    fn a_limit_cuts_the_stream_short_and_nothing_else(bytes in stream_of_pieces(), limit in 0_usize..40) {
        let wanted = model(&bytes);
        let mut parser = Parser::default().max_event_size(limit);
        let (mut chunk, mut events) = (&*bytes, Vec::new());
        let is_whole = loop {
            match parser.parse(&mut chunk) {
                Ok(Some(event)) => events.push(fields(&event)),
                Ok(None) => break true,
                Err(error) => {
                    prop_assert_eq!(error.limit(), limit);
                    break false;
                }
            }
        };
        let largest = wanted.iter().map(|(_, data, ..)| data.len()).max().unwrap_or_default();
        prop_assert!(!is_whole || bytes.contains(&0xFF) || largest <= 3 * limit, "{} {}", largest, limit);
        prop_assert!(is_whole || bytes.len() > limit);
        prop_assert_eq!(&events[..], &wanted[..events.len()]);
        prop_assert!(!is_whole || events.len() == wanted.len());
    }
}

fn html() -> HeaderMap {
    HeaderMap::from_iter([(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("text/html"),
    )])
}

fn event_stream() -> HeaderMap {
    let media_type = HeaderValue::from_static("Text/Event-Stream;charset=UTF-8");
    HeaderMap::from_iter([(http::header::CONTENT_TYPE, media_type)])
}

#[test]
fn a_response_that_is_no_event_stream_is_refused() {
    let check = |status: u16, headers: &HeaderMap| {
        sse::check(StatusCode::from_u16(status).unwrap(), headers)
    };
    assert!(check(200, &event_stream()).is_ok());
    for status in [201, 204, 301, 307, 404] {
        let error = check(status, &event_stream()).unwrap_err();
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.verdict(), Verdict::Final, "{error}");
    }
    let mut busy = html();
    busy.insert("retry-after", HeaderValue::from_static("7"));
    let error = check(503, &busy).unwrap_err();
    assert_eq!(error.verdict(), Verdict::RetryAfter(7 * SECOND));
    for headers in [html(), HeaderMap::new()] {
        let error = check(200, &headers).unwrap_err();
        assert_eq!((error.verdict(), error.status()), (Verdict::Final, None));
        let HttpError::Transport { error, .. } = error else {
            panic!("{error}")
        };
        let media_type = error.downcast_ref::<NotEventStream>().unwrap().media_type();
        assert_eq!(
            media_type,
            headers.contains_key("content-type").then_some("text/html")
        );
    }
}

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
    let policy = crate::sse::policy().stop(stop::after_delay(40 * SECOND));
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
