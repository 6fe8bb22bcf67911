//! Server-sent events: the format beside a naive reading of it, and responses that are none.
#![cfg(all(feature = "http", feature = "stream"))]

use std::io;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode};
use persevere_core::http::HttpError;
use persevere_core::http::sse::{self, Cursor, Event, EventTooLarge, NotEventStream, Parser};
use persevere_core::{Transient, Verdict};
use proptest::prelude::*;

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

pub(crate) fn event_stream() -> HeaderMap {
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
