//! Server-sent events in chunks, beside a reader of the whole text.
#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use persevere_core::http::sse::{Cursor, EventTooLarge, Parser};

/// Ends in the text, so that a seed is a stream as it is sent, but for its first bytes.
#[derive(Arbitrary, Debug)]
struct Body<'a> {
    /// The largest event, where it is not zero.
    limit: u8,
    /// The lengths of chunks, less one, over and over.
    lengths: [u8; 2],
    text: &'a [u8],
}

/// Type, data, id, pause.
#[derive(Debug, PartialEq)]
struct Event {
    event: String,
    data: String,
    id: String,
    retry: Option<Duration>,
}

fuzz_target!(|body: Body| {
    let (wanted, last_id) = read(body.text);
    let mut cursor = Cursor::new();
    let (events, failure) = parse(&body, Parser::new(&cursor), &mut cursor);
    assert_eq!((&events, failure), (&wanted, None));
    assert_eq!(*cursor.last_event_id(), last_id);
    let header = cursor.headers().remove("last-event-id");
    assert_eq!(header.is_some(), !last_id.is_empty());

    let limit = usize::from(body.limit);
    let parser = Parser::default().max_event_size(limit);
    let (events, failure) = parse(&body, parser, &mut Cursor::new());
    assert_eq!(events, wanted[..events.len()]);
    match failure {
        Some(error) => assert!(error.limit() == limit && body.text.len() > limit),
        None => assert_eq!(events.len(), wanted.len()),
    }
});

/// Returns the events up to the one that is too large, and moves to the place after the last.
fn parse(
    body: &Body<'_>,
    mut parser: Parser,
    cursor: &mut Cursor,
) -> (Vec<Event>, Option<EventTooLarge>) {
    let (mut rest, mut events) = (body.text, Vec::new());
    for length in body.lengths.iter().cycle() {
        let (mut chunk, behind) = rest.split_at(rest.len().min(usize::from(*length) + 1));
        rest = behind;
        loop {
            match parser.parse(&mut chunk) {
                Ok(Some(event)) => {
                    *cursor = event.cursor();
                    events.push(Event {
                        event: event.event().to_owned(),
                        id: event.id().to_owned(),
                        retry: event.retry(),
                        data: event.into_data(),
                    });
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(parser.parse(&mut &b"data\n\n"[..]), Err(error));
                    return (events, Some(error));
                }
            }
        }
        assert!(chunk.is_empty());
        if rest.is_empty() {
            break;
        }
    }
    (events, None)
}

/// Reads a stream as a whole, line by line: its events, and the id to go on from.
fn read(bytes: &[u8]) -> (Vec<Event>, String) {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut events, mut last_id, mut id) = (Vec::new(), String::new(), None);
    let (mut event, mut data, mut retry) = (String::new(), None::<String>, None);
    for line in text.split_inclusive('\n') {
        // The last line may not be complete.
        let Some(line) = line.strip_suffix('\n') else {
            break;
        };
        if line.is_empty() {
            last_id = id.take().unwrap_or(last_id);
            let retry = retry.take();
            let event = std::mem::take(&mut event);
            if let Some(data) = data.take() {
                let event = if event.is_empty() {
                    "message".to_owned()
                } else {
                    event
                };
                let id = last_id.clone();
                events.push(Event {
                    event,
                    data,
                    id,
                    retry,
                });
            }
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => event = value.to_owned(),
            "data" => {
                data = Some(match data {
                    Some(before) => before + "\n" + value,
                    None => value.to_owned(),
                });
            }
            "id" if value
                .chars()
                .all(|char| char == '\t' || !char.is_ascii_control()) =>
            {
                id = Some(value.to_owned());
            }
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                retry = Some(Duration::from_millis(value.parse().unwrap_or(u64::MAX)));
            }
            _ => {}
        }
    }
    (events, last_id)
}
