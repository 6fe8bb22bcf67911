//! `hyper::Error`, and the causes of errors that the clients on top of hyper share.

use std::error::Error;
use std::io;

use super::io as standard;
use crate::call::outcome::{Health, Verdict};
use crate::http::HttpError;
use crate::transient::Transient;
use crate::transient::causes::{cause, chain};

/// # `hyper::Error`
///
/// An exchange that ends before it is complete is transient. The connection was closed or reset, or timed
/// out, before the response or within it; the HTTP/2 stream was reset; or the request was cancelled before it
/// was written, or its connection ended while it waited for a stream ("dispatch task is gone"). If an
/// `io::Error` is the cause, its verdict holds. A message that cannot be parsed is final, and so is a fault
/// of the user's own code or body.
///
/// An HTTP/2 request is unsent if the server states that it has not processed it
/// ([RFC 9113, 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)): its stream is reset with
/// `REFUSED_STREAM`, or is above the last stream of a `GOAWAY` without an error. A `GOAWAY` with an error
/// proves nothing, since the connection's own future fails with it too, regardless of its requests.
///
/// HAProxy breaks that promise. It answers an HTTP/2 request with `REFUSED_STREAM` if its connection to the
/// server behind it ends without a response, and that server may have processed the request
/// ([HAProxy issue 3414](https://github.com/haproxy/haproxy/issues/3414)). Behind HAProxy, give requests that
/// are not idempotent a key.
///
/// Nothing else is unsent. A request written to a connection that the server is just closing
/// [fails as an incomplete message](hyper::Error::is_incomplete_message), and may have been processed. An
/// upgrade that the server had agreed to can also [be cancelled](hyper::Error::is_canceled). The task of a
/// connection that is gone may have written the request. hyper-util's client reports more about its requests.
///
/// The service's [health](Transient::health) is unknown after a fault of the user's own code or body, after
/// one of the local host, and after a connection task that is gone. Otherwise the service has failed, also
/// with a message that cannot be parsed.
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

/// Returns whether an HTTP/2 stream was reset because of the user's own body, or of a request that HTTP/2
/// cannot carry.
///
/// The texts are from h2 0.4.20 (`src/error.rs`). With HTTP/1, `is_user()` covers these cases.
fn is_reset_by_user(error: &hyper::Error) -> bool {
    const WORDS: [&str; 2] = ["stream error sent by user: ", "user error: "];
    let begins = |text: String| WORDS.iter().any(|words| text.starts_with(words));
    error.to_string() == HTTP2 && error.source().map(ToString::to_string).is_some_and(begins)
}

/// The text of hyper 1.12 (`src/error.rs`) for an h2 error on a request that got no response.
const HTTP2: &str = "http2 error";

/// Returns whether the task that drives the connection ended, other than by a panic, before it had an answer.
///
/// hyper reports this as the user's fault, and has no predicate for it. The texts are from hyper 1.12,
/// `src/client/dispatch.rs`. A request that waits for a stream also gets this error after the server sends
/// `GOAWAY` and closes in good order.
fn is_gone(error: &hyper::Error) -> bool {
    let panicked = |cause: &(dyn Error + 'static)| cause.to_string() == "user code panicked";
    error.is_user()
        && error.to_string() == "dispatch task is gone"
        && !error.source().is_some_and(panicked)
}

/// The ways in which an HTTP/2 server states that it has not processed a request.
enum Refusal {
    /// `RST_STREAM` with `REFUSED_STREAM`.
    Stream,
    /// `GOAWAY` with `NO_ERROR` and a last stream below that of the request.
    GoAway,
    /// `GOAWAY` with an error and a last stream below that of the request.
    GoAwayByError,
}

/// Returns the refusal that the server sent, by the texts of h2 0.4.20 (`src/error.rs`,
/// `src/frame/reason.rs`).
///
/// A user of hyper alone does not depend on h2, whose type could be checked. Within the body of a response
/// hyper uses other words, and the server has processed the request at least in part.
///
/// Streams up to the last one of a `GOAWAY` go on. When the connection ends, they fail with its error, not
/// with the `GOAWAY` (h2, `proto/streams/streams.rs`, `recv_go_away`). One gap remains: hyper
/// (`proto/h2/client.rs`) hands a request to h2, checks once more for a `GOAWAY`, and fails the request if it
/// finds one. On several threads the head of the request may have been written by then; a reset follows it.
/// Without a body, the head is the whole request.
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

/// Returns whether the server states that it has not processed the request that failed with this error.
#[cfg(any(feature = "hyper-util", feature = "reqwest", feature = "tonic"))]
pub(super) fn unprocessed(error: &(dyn Error + 'static)) -> bool {
    cause(error).and_then(refusal).is_some()
}

/// Returns the health of the service after a connection that was not made or an exchange that broke.
///
/// It has failed, unless the fault is the local host's.
pub(super) fn broken(error: &(dyn Error + 'static)) -> Health {
    let mut of_io = chain(error).filter_map(|cause| cause.downcast_ref());
    if of_io.any(standard::is_own_fault) {
        Health::Unknown
    } else {
        Health::Failed
    }
}

/// Returns the health of the service if the causes are those of a failed exchange.
#[cfg(any(feature = "hyper-util", feature = "reqwest"))]
pub(super) fn health_of_exchange(error: &(dyn Error + 'static)) -> Option<Health> {
    match cause::<hyper::Error>(error) {
        Some(error) => Some(error.health()),
        None => cause::<io::Error>(error).map(|_| broken(error)),
    }
}

/// Returns the verdict on a failed exchange, by hyper's error or else by that of the connection below.
#[cfg(any(feature = "hyper-util", feature = "object_store", feature = "reqwest"))]
pub(super) fn exchange(error: &(dyn Error + 'static)) -> Verdict {
    match (cause::<hyper::Error>(error), cause::<io::Error>(error)) {
        (Some(error), _) => error.verdict(),
        (None, Some(error)) => error.verdict(),
        (None, None) => Verdict::Final,
    }
}

/// Returns whether the fault is the program's own, such as that of a body it sends.
#[cfg(feature = "reqwest")]
pub(super) fn is_of_user(error: &(dyn Error + 'static)) -> bool {
    cause(error).is_some_and(hyper::Error::is_user)
}

/// Returns whether a request was handed back before any of it was written.
#[cfg(any(feature = "hyper-util", feature = "reqwest", feature = "tonic"))]
pub(super) fn never_started(error: &(dyn Error + 'static)) -> bool {
    cause(error).is_some_and(hyper::Error::is_canceled)
}

impl From<hyper::Error> for HttpError {
    fn from(error: hyper::Error) -> Self {
        HttpError::transport(error)
    }
}
