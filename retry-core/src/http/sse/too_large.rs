//! The error of an event that is too large.

use core::error::Error;
use core::fmt;

use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;

/// The error of an event that is larger than the limit.
///
/// [`max_event_size`](super::Events::max_event_size) sets another limit. In an
/// [`HttpError`](crate::http::HttpError) it is found by `cause_is::<EventTooLarge>()`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::http::sse::Parser;
///
/// let mut parser = Parser::default().max_event_size(16);
/// let error = parser.parse(&mut &b"data: a long story, told at length"[..]).unwrap_err();
/// assert_eq!(error.limit(), 16);
/// assert_eq!(error.to_string(), "a server-sent event is larger than 16 bytes; raise `max_event_size`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTooLarge {
    pub(super) limit: usize,
}

impl EventTooLarge {
    /// Returns the limit, in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for EventTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        write!(
            f,
            "a server-sent event is larger than {limit} bytes; raise `max_event_size`"
        )
    }
}

impl Error for EventTooLarge {}

/// # `http::sse::EventTooLarge`
///
/// It is final: the server would send the same event again. The service is well.
#[diagnostic::do_not_recommend]
impl Transient for EventTooLarge {
    fn verdict(&self) -> Verdict {
        Verdict::Final
    }

    fn health(&self) -> Health {
        Health::Well
    }
}
