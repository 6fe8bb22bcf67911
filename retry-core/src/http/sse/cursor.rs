//! A place in a stream of server-sent events.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::header::{ACCEPT, CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};

use super::check::EVENT_STREAM;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A place in a stream of server-sent events: the last event id, and the pause that the server asked for.
///
/// [`Event::cursor`](super::Event::cursor) returns the place after an event. The cursors of one stream share
/// what the server says apart from events: `retry`, and an `id` without `data`. Start each stream with a
/// cursor of its own.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::sse::{Cursor, Parser};
/// use std::time::Duration;
///
/// let start = Cursor::new();
/// assert!(!start.headers().contains_key("last-event-id"));
///
/// let mut parser = Parser::new(&start);
/// let mut text = &b"retry: 3000\n\nid: 7\ndata: hello\n\nid: 8\n\n"[..];
/// let event = parser.parse(&mut text)?.unwrap();
/// assert_eq!((event.id(), &*event.cursor().last_event_id()), ("7", "7"));
/// assert_eq!(start.retry(), Some(Duration::from_secs(3)));
///
/// // An `id` without `data` is no event, and still the place to go on from.
/// assert_eq!(parser.parse(&mut text)?, None);
/// assert_eq!(event.cursor().headers()["last-event-id"], "8");
/// # Ok::<(), persevere::http::sse::EventTooLarge>(())
/// ```
#[derive(Clone, Default)]
pub struct Cursor {
    /// The last event id, as it was when the last event before this place was complete.
    id: Arc<str>,
    /// The number of events before this place, over all connections.
    number: u64,
    aside: Arc<Mutex<Aside>>,
}

/// The news of a server that come with no event.
#[derive(Debug, Default)]
struct Aside {
    retry: Option<Duration>,
    /// The last event id behind the event of that number, if it is not the event's own.
    behind: Option<(u64, Arc<str>)>,
    /// The number of chunks that have come.
    chunks: u64,
}

impl Cursor {
    /// Returns the start of a stream: no event id.
    pub fn new() -> Self {
        Cursor::default()
    }

    /// Returns the place after the event with this id, such as one that an earlier run of the program has
    /// stored.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::http::sse::Cursor;
    ///
    /// let cursor = Cursor::after("1784111747-3");
    /// assert_eq!(cursor.headers()["last-event-id"], "1784111747-3");
    /// ```
    pub fn after(id: impl Into<Arc<str>>) -> Self {
        Cursor {
            id: id.into(),
            ..Cursor::default()
        }
    }

    /// Returns the last event id, to be stored; empty if the server has sent none, or has reset it.
    pub fn last_event_id(&self) -> Arc<str> {
        match &self.aside().behind {
            Some((number, id)) if *number == self.number => id.clone(),
            _ => self.id.clone(),
        }
    }

    /// Returns the pause that the server asked for last, by `retry`, before the stream is opened again.
    pub fn retry(&self) -> Option<Duration> {
        self.aside().retry
    }

    /// Returns the number of chunks that have come, of events or of comments only: a server's heartbeats.
    ///
    /// It is the [`heartbeats`](crate::policy::RunStream::heartbeats) of a stream.
    pub fn chunks(&self) -> u64 {
        self.aside().chunks
    }

    /// Returns the headers of a request for the events after this place: `Accept`, `Cache-Control` and, if it
    /// is not empty, `Last-Event-ID`.
    ///
    /// An id that no header can carry, which can only come from [`after`](Cursor::after), is left out.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use http::Request;
    /// use persevere::http::sse::Cursor;
    ///
    /// let mut request = Request::get("https://example.com/events").body(())?;
    /// request.headers_mut().extend(Cursor::after("7").headers());
    /// assert_eq!(request.headers()["accept"], "text/event-stream");
    /// assert_eq!(request.headers()["cache-control"], "no-cache");
    /// assert_eq!(request.headers()["last-event-id"], "7");
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let id = self.last_event_id();
        match HeaderValue::from_bytes(id.as_bytes()) {
            Ok(value) if !id.is_empty() => drop(headers.insert(LAST_EVENT_ID, value)),
            _ => {}
        }
        headers
    }

    /// Returns the last event id of the event before this place.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the place where a connection begins that was asked for the events after this one.
    pub(super) fn begin(&self) -> Self {
        let mut aside = self.aside();
        // It stood behind an event that comes again.
        aside.behind = aside
            .behind
            .take()
            .filter(|(number, _)| *number == self.number);
        drop(aside);
        Cursor {
            id: self.last_event_id(),
            ..self.clone()
        }
    }

    /// Moves to the place after one more event.
    pub(super) fn advance(&mut self) {
        self.number = self.number.wrapping_add(1);
    }

    /// Sets the last event id.
    pub(super) fn set_id(&mut self, id: Arc<str>) {
        self.id = id;
    }

    /// Tells the cursors at this place of an id that came with no event.
    pub(super) fn publish_id(&self) {
        self.aside().behind = Some((self.number, self.id.clone()));
    }

    pub(super) fn add_chunk(&self) {
        let mut aside = self.aside();
        aside.chunks = aside.chunks.wrapping_add(1);
    }

    pub(super) fn set_retry(&self, pause: Duration) {
        self.aside().retry = Some(pause);
    }

    fn aside(&self) -> MutexGuard<'_, Aside> {
        // Each change is a single assignment.
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("last_event_id", &self.last_event_id())
            .field("retry", &self.retry())
            .finish()
    }
}

/// Two places are equal if as many events with the same last id stand before them.
impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        (self.number, &self.id) == (other.number, &other.id)
    }
}

impl Eq for Cursor {}
