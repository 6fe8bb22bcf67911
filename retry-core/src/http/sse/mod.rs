//! Server-sent events: the event stream format of the [HTML
//! standard](https://html.spec.whatwg.org/multipage/server-sent-events.html), and streams of events that go
//! on where they broke.
//!
//! [`resume`] gives the events of a server, over as many connections as it takes, with any client of HTTP:
//!
//! - [`Cursor`] is the place in the stream: the last event id, as the standard defines it, and the pause that
//!   the server asked for by `retry:`. Its [`headers`](Cursor::headers) ask the server to go on there.
//! - [`check`] refuses a response that is no event stream. A 204, by which a server tells its clients to stay
//!   away, is a final error.
//! - [`Cursor::events`] makes events of the chunks of a body, and [`Parser`] does so where no stream is.
//!
//! A connection that ends or breaks is opened again by the policy, as
//! [`run_stream`](crate::RetryPolicy#method.run_stream) describes. An event that was not complete comes
//! again, whole.
//!
//! - The stop says for how long an outage is survived: `after_delay(5min)`. It measures from the last break
//!   after an event, or after a connection that held for as long as
//!   [`reset_after`](crate::RetryPolicy::reset_after) asks for: a stream that may be quiet for longer needs
//!   both.
//! - [`idle_timeout`](crate::policy::RunStream::idle_timeout) finds connections that died in silence. It is
//!   to be longer than the server's heartbeat: a comment counts, though it is no event.
//! - `attempt_timeout` is the time to the first event, which may be long in coming. Leave it out, and limit
//!   the time to the response inside: `tokio::time::timeout` around the request.
//!
//! | | browsers, by the standard | here |
//! |---|---|---|
//! | the connection breaks or ends | opened again, for ever | opened again, by the policy |
//! | a 429, a 503 or another status that passes | an end | a transient error: opened again, not before its `Retry-After` |
//! | 204, a redirect that was not followed, any other status but 200 | an end | a final error with that status, and the end |
//! | a media type other than `text/event-stream` | an end | a final [`NotEventStream`], and the end |
//! | `retry:` | the pause, which may grow | a floor under the pause of the wait; one longer than its [`hint_max`](crate::wait::Backoff::hint_max), 60 s by default, ends the stream |
//! | an event of any size | memory | a final [`EventTooLarge`] above 8 MiB, or [another limit](Events::max_event_size), and the end |
//! | an id with a control character | sent back | ignored, as one with NUL is by the standard: no header can carry it |
//!
//! The last event id outlives the connection, as in browsers: an event without `id` on the next one leaves it
//! as it is.

mod check;
mod cursor;
mod event;
mod events;
mod parser;
mod resume;
mod too_large;

pub use crate::policy::stream::opening::Opening;
pub use check::{NotEventStream, check};
pub use cursor::Cursor;
pub use event::Event;
pub use events::Events;
pub use parser::Parser;
pub use resume::resume;
pub use too_large::EventTooLarge;
