//! The event stream format, read chunk by chunk.

use core::mem;
use core::time::Duration;

use super::cursor::Cursor;
use super::event::Event;
use super::too_large::EventTooLarge;

/// The largest event that is read unless another limit is set: 8 MiB.
const MAX_EVENT_SIZE: usize = 8 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A parser of the event stream format, which takes a stream in chunks of any size.
///
/// It follows the [HTML
/// standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream):
///
/// - A byte order mark at the start is skipped. Invalid UTF-8 is replaced by U+FFFD.
/// - A line ends in CR, LF or CRLF. An event is complete at the end of its empty line: after a CR it does not
///   wait for an LF.
/// - A comment, a line that begins with a colon, is skipped, and so are fields of other names.
/// - Several `data` make several lines. A block without `data` is no event.
/// - An `id` holds until the next one. One with NUL is ignored, and so is one with another control character,
///   which no header can carry back.
/// - A `retry` that is not a number in ASCII digits is ignored.
/// - An event that is not complete at the end is none.
///
/// [`Cursor::events`] is on top of it. A client without streams reads by the parser itself:
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::sse::Parser;
/// use std::io::{self, Read};
///
/// fn print_events(mut body: impl Read) -> io::Result<()> {
///     let (mut parser, mut buffer) = (Parser::default(), [0; 4096]);
///     loop {
///         let read = body.read(&mut buffer)?;
///         if read == 0 {
///             return Ok(());
///         }
///         let mut chunk = &buffer[..read];
///         while let Some(event) = parser.parse(&mut chunk).map_err(io::Error::other)? {
///             println!("{}: {}", event.event(), event.data());
///         }
///     }
/// }
/// # print_events(&b"data: hello\n\n"[..]).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Parser {
    limit: usize,
    /// Whether no line has ended so far.
    is_first: bool,
    /// Whether the last line ended in CR, and an LF may belong to it.
    after_cr: bool,
    /// The part of a line that came in earlier chunks.
    line: Vec<u8>,
    fields: Fields,
    failed: Option<EventTooLarge>,
}

/// The fields of an event that is not complete.
#[derive(Clone, Debug)]
struct Fields {
    event: Vec<u8>,
    /// Each value is followed by a line feed.
    data: Vec<u8>,
    id: Vec<u8>,
    /// Whether it has an `id`, which may be empty.
    has_id: bool,
    retry: Option<Duration>,
    /// The place after the last event.
    cursor: Cursor,
}

impl Parser {
    /// Creates the parser of a connection that was asked for the events after a place.
    pub fn new(after: &Cursor) -> Self {
        Parser {
            limit: MAX_EVENT_SIZE,
            is_first: true,
            after_cr: false,
            line: Vec::new(),
            fields: Fields {
                event: Vec::new(),
                data: Vec::new(),
                id: Vec::new(),
                has_id: false,
                retry: None,
                cursor: after.begin(),
            },
            failed: None,
        }
    }

    /// Sets the size in bytes of the largest event, 8 MiB by default.
    ///
    /// The size is that of the values of `event`, `data` and `id`, and of the line that is not complete. It
    /// bounds the memory that a server can make use of.
    pub fn max_event_size(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Reads up to the end of the next event, and leaves the rest in `chunk`. `None` means that the chunk is
    /// used up.
    ///
    /// # Errors
    ///
    /// [`EventTooLarge`]. Nothing can be read after it: every further call returns it too.
    pub fn parse(&mut self, chunk: &mut &[u8]) -> Result<Option<Event>, EventTooLarge> {
        match self.failed {
            None => self.next(chunk).inspect_err(|error| {
                self.line = Vec::new();
                self.fields.clear();
                self.failed = Some(*error);
            }),
            Some(error) => Err(error),
        }
    }

    /// Returns the place after the last event.
    pub(super) fn place(&self) -> &Cursor {
        &self.fields.cursor
    }

    fn next(&mut self, chunk: &mut &[u8]) -> Result<Option<Event>, EventTooLarge> {
        loop {
            if self.after_cr && !chunk.is_empty() {
                self.after_cr = false;
                *chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            }
            let end = chunk.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.fields.size() + self.line.len() + part.len() > self.limit {
                return Err(EventTooLarge { limit: self.limit });
            }
            let Some(end) = end else {
                self.line.extend_from_slice(part);
                *chunk = &[];
                return Ok(None);
            };
            self.after_cr = chunk[end] == b'\r';
            *chunk = &chunk[end + 1..];
            if let Some(event) = self.end_line(part) {
                return Ok(Some(event));
            }
        }
    }

    /// Reads the line of which this is the last part. An empty one ends an event.
    fn end_line(&mut self, last: &[u8]) -> Option<Event> {
        let mut line = last;
        if !self.line.is_empty() {
            self.line.extend_from_slice(last);
            line = &self.line;
        }
        if mem::take(&mut self.is_first) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let event = if line.is_empty() {
            self.fields.dispatch()
        } else {
            self.fields.read(line);
            None
        };
        self.line.clear();
        event
    }
}

/// The parser of a stream that begins at its start.
impl Default for Parser {
    fn default() -> Self {
        Parser::new(&Cursor::new())
    }
}

impl Fields {
    fn size(&self) -> usize {
        self.event.len() + self.data.len() + self.id.len()
    }

    /// Reads a line that is not empty.
    fn read(&mut self, line: &[u8]) {
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                self.data.reserve(value.len() + 1);
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => {
                self.event.clear();
                self.event.extend_from_slice(value);
            }
            b"id" if value.iter().all(is_carried) => {
                self.id.clear();
                self.id.extend_from_slice(value);
                self.has_id = true;
            }
            b"retry" => {
                if let Some(pause) = millis(value) {
                    self.retry = Some(pause);
                    self.cursor.set_retry(pause);
                }
            }
            // A comment, whose name is empty, or another field.
            _ => {}
        }
    }

    /// Ends a block of lines, which is an event if it has data.
    fn dispatch(&mut self) -> Option<Event> {
        let has_id = mem::take(&mut self.has_id);
        if has_id {
            self.cursor.set_id(String::from_utf8_lossy(&self.id).into());
            self.id.clear();
        }
        let (event, mut data) = (mem::take(&mut self.event), mem::take(&mut self.data));
        let retry = self.retry.take();
        if data.pop().is_none() {
            if has_id {
                self.cursor.publish_id();
            }
            return None;
        }
        self.cursor.advance();
        Some(Event {
            event: text(event),
            data: text(data),
            retry,
            cursor: self.cursor.clone(),
        })
    }

    fn clear(&mut self) {
        self.event = Vec::new();
        self.data = Vec::new();
        self.id = Vec::new();
    }
}

/// Decodes UTF-8; copies only what is invalid.
///
/// A line end and a colon are ASCII, which no invalid sequence swallows: it makes no difference that lines
/// and fields are cut before.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns whether a header can carry the byte: it is no control character but a tab.
fn is_carried(byte: &u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

/// Reads a number of milliseconds in ASCII digits. One that is too large is the longest.
fn millis(value: &[u8]) -> Option<Duration> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let millis = core::str::from_utf8(value)
        .ok()?
        .parse()
        .unwrap_or(u64::MAX);
    Some(Duration::from_millis(millis))
}
