//! `hyper::Error`, and what is common to the clients on top of hyper: the causes of their errors.

use std::error::Error;
use std::io;

use super::io as standard;
use crate::call::outcome::{Health, Verdict};
use crate::http::HttpError;
use crate::transient::Transient;
use crate::transient::causes::{cause, chain};

/// Transient are exchanges that end before they are complete: the connection is closed, reset or timed
/// out, before the response or in it; the stream of HTTP/2 is reset; the request is cancelled before it
/// is written, or its connection ends while it waits for a stream ("dispatch task is gone"). Where an `io::Error` is the
/// cause, it is asked. Final are messages that cannot be parsed, and faults of the user's own code or body.
///
/// Unsent is a request of HTTP/2 of which the server says that it has not processed it
/// ([RFC 9113, 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)): its stream is reset with `REFUSED_STREAM`, or
/// beyond the last one of a `GOAWAY` without an error. With an error a `GOAWAY` is also what the connection's own future
/// fails with, whatever became of its requests.
///
/// HAProxy breaks that promise: with `REFUSED_STREAM` it answers requests of HTTP/2 whose connection to the server behind it
/// ends without a response, which that server may have processed
/// ([its issue 3414](https://github.com/haproxy/haproxy/issues/3414)). Behind it, give what is not idempotent a key.
///
/// Nothing else is. A request that is written on a connection which the server is just closing
/// [fails as an incomplete message](hyper::Error::is_incomplete_message), and may have been processed;
/// cancelled is also what is [said](hyper::Error::is_canceled) of an upgrade that the server had
/// agreed to; and the task of a connection that is gone may have written the request. The client of hyper-util knows more
/// of its requests.
///
/// Of the service's [health](Transient::health) a fault of the user's own code or body says nothing, nor one of the
/// own host, nor a task that is gone; otherwise the service has failed, with a message that cannot be parsed too.
#[diagnostic::do_not_recommend]
impl Transient for hyper::Error {
    fn verdict(&self) -> Verdict {
        if is_gone(self) {
            return Verdict::Retry;
        }
        if self.is_parse() || self.is_user() || is_reset_by_user(self) {
            return Verdict::Final;
        }
        cause::<io::Error>(self).map_or(Verdict::Retry, Transient::verdict)
    }

    fn unsent(&self) -> bool {
        matches!(refusal(self), Some(Refusal::Stream | Refusal::GoAway))
    }

    fn health(&self) -> Health {
        if self.is_user() || is_reset_by_user(self) {
            Health::Unknown
        } else {
            broken(self)
        }
    }
}

/// Whether the user's own body, or a request that HTTP/2 cannot carry, is why the stream of HTTP/2 was reset, in the words
/// of h2 0.4.20 (`src/error.rs`). With HTTP/1 that is `is_user()`.
fn is_reset_by_user(error: &hyper::Error) -> bool {
    const WORDS: [&str; 2] = ["stream error sent by user: ", "user error: "];
    let begins = |text: String| WORDS.iter().any(|words| text.starts_with(words));
    error.to_string() == HTTP2 && error.source().map(ToString::to_string).is_some_and(begins)
}

/// The text of an error of h2 in hyper 1.12 (`src/error.rs`), of a request that got no response.
const HTTP2: &str = "http2 error";

/// Whether the task that drives the connection ended before it had an answer, other than by a panic.
///
/// hyper takes it for the user's fault, and has no predicate for it; the texts are those of 1.12, `src/client/dispatch.rs`.
/// The task is also gone where a server says `GOAWAY` and closes in good order, of the request that waits for a stream.
fn is_gone(error: &hyper::Error) -> bool {
    let panicked = |cause: &(dyn Error + 'static)| cause.to_string() == "user code panicked";
    error.is_user()
        && error.to_string() == "dispatch task is gone"
        && !error.source().is_some_and(panicked)
}

/// The words of a server of HTTP/2 that it has not processed a request.
enum Refusal {
    /// `RST_STREAM` with `REFUSED_STREAM`.
    Stream,
    /// `GOAWAY` with `NO_ERROR`, whose last stream is below that of the request.
    GoAway,
    /// The same with an error.
    GoAwayByError,
}

/// By the texts of h2 0.4.20 (`src/error.rs`, `src/frame/reason.rs`) of what was received: a user of hyper alone has no
/// h2 to ask by type. In the body of a response hyper has other words, and the server has processed something.
///
/// Streams up to the last one of a `GOAWAY` go on. When the connection ends, they fail with what ended it, and not with
/// the `GOAWAY` (h2, `proto/streams/streams.rs`, `recv_go_away`). One gap remains: hyper (`proto/h2/client.rs`) gives a
/// request to h2, asks it for a `GOAWAY` once more, and fails the request with one that it finds; on several threads the
/// head of the request may be written by then, and is followed by a reset. Without a body that is all of the request.
fn refusal(error: &hyper::Error) -> Option<Refusal> {
    if error.to_string() != HTTP2 {
        return None;
    }
    let text = error.source()?.to_string();
    if text == "stream error received: refused stream before processing any application logic" {
        return Some(Refusal::Stream);
    }
    let reason = text.strip_prefix("connection error received: ")?;
    if reason.starts_with("not a result of an error") {
        Some(Refusal::GoAway)
    } else {
        Some(Refusal::GoAwayByError)
    }
}

/// Whether the server says that it has not processed the request that this is the error of.
#[cfg(any(feature = "hyper-util", feature = "reqwest", feature = "tonic"))]
pub(super) fn unprocessed(error: &(dyn Error + 'static)) -> bool {
    cause(error).and_then(refusal).is_some()
}

/// Of a connection that was not made, or an exchange that broke: the service has failed, unless the own host has.
pub(super) fn broken(error: &(dyn Error + 'static)) -> Health {
    let mut of_io = chain(error).filter_map(|cause| cause.downcast_ref());
    if of_io.any(standard::is_own_fault) {
        Health::Unknown
    } else {
        Health::Failed
    }
}

/// The health of the service by the causes, if they are of an exchange that failed.
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
pub(super) fn health_of_exchange(error: &(dyn Error + 'static)) -> Option<Health> {
    match cause::<hyper::Error>(error) {
        Some(error) => Some(error.health()),
        None => cause::<io::Error>(error).map(|_| broken(error)),
    }
}

/// What the causes say of an exchange that failed: hyper, or else the connection below.
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
pub(super) fn exchange(error: &(dyn Error + 'static)) -> Verdict {
    match (cause::<hyper::Error>(error), cause::<io::Error>(error)) {
        (Some(error), _) => error.verdict(),
        (None, Some(error)) => error.verdict(),
        (None, None) => Verdict::Final,
    }
}

/// Whether the fault is the program's own, such as that of a body that it sends.
#[cfg(feature = "reqwest")]
pub(super) fn is_of_user(error: &(dyn Error + 'static)) -> bool {
    cause(error).is_some_and(hyper::Error::is_user)
}

/// Whether a request was given back before anything of it was written.
#[cfg(any(feature = "hyper-util", feature = "reqwest", feature = "tonic"))]
pub(super) fn never_started(error: &(dyn Error + 'static)) -> bool {
    cause(error).is_some_and(hyper::Error::is_canceled)
}

impl From<hyper::Error> for HttpError {
    fn from(error: hyper::Error) -> Self {
        HttpError::transport(error)
    }
}
