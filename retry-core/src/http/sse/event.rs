//! A server-sent event.

use core::time::Duration;

use super::cursor::Cursor;

/// A server-sent event, complete.
///
/// The accessors have the names of the fields. [`id`](Event::id) is the last event id, as `lastEventId` of
/// browsers.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::sse::Parser;
///
/// let mut parser = Parser::default();
/// let mut text = &b"event: price\nid: 7\ndata: ACME\ndata: 113.20\n\ndata: no news\n\n"[..];
/// let price = parser.parse(&mut text)?.unwrap();
/// assert_eq!((price.event(), price.id(), price.data()), ("price", "7", "ACME\n113.20"));
///
/// let next = parser.parse(&mut text)?.unwrap();
/// assert_eq!((next.event(), next.id(), next.data()), ("message", "7", "no news"));
/// # Ok::<(), persevere::http::sse::EventTooLarge>(())
/// ```
#[derive(Clone, Debug)]
pub struct Event {
    /// Empty if the server named none.
    pub(super) event: String,
    pub(super) data: String,
    pub(super) retry: Option<Duration>,
    pub(super) cursor: Cursor,
}

impl Event {
    /// Returns the type: the value of `event`, or `message` if it is missing or empty.
    pub fn event(&self) -> &str {
        if self.event.is_empty() {
            "message"
        } else {
            &self.event
        }
    }

    /// Returns the values of `data`, with a line feed between two.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Returns [`data`](Event::data), without a copy.
    pub fn into_data(self) -> String {
        self.data
    }

    /// Returns the last event id: the value of `id`, or that of the last event that has one. It is empty if
    /// none has, and after an empty `id`.
    pub fn id(&self) -> &str {
        self.cursor.id()
    }

    /// Returns the pause that the server asked for with this event: the value of `retry`, if it is a number.
    ///
    /// The pause that holds is that of the [cursor](Cursor::retry).
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Returns the place after this event.
    pub fn cursor(&self) -> Cursor {
        self.cursor.clone()
    }
}

/// Two events are equal if their fields are.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.event() == other.event()
            && self.data == other.data
            && self.id() == other.id()
            && self.retry == other.retry
    }
}

impl Eq for Event {}
