//! `object_store::Error`.

use ::http::StatusCode;
use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

use super::downcast::{as_transient, of_a_guard};
use super::{connect, hyper};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
use crate::transient::causes::{as_type, chain};

/// # `object_store::Error`
///
/// The transient statuses are transient, and so are requests without a response, but for a refused certificate;
/// a response that ends early; and a 200 whose body says `SlowDown` or `InternalError`. For a store of files
/// the `io::Error` decides. Final are objects that are not found or exist already, preconditions that do not
/// hold, refused credentials, and everything else. The hint of a `Retry-After` is **lost**.
///
/// Nothing is unsent. **A store in the cloud repeats by itself**, ten times within three minutes, with pauses of
/// its own that do not read `Retry-After`, and its error is that of the last repeat. So three attempts of a
/// policy become 33. Leave the attempts to one of both: `RetryConfig { max_retries: 0, .. }` for `with_retry` of
/// the builder leaves them to the policy. It also repeats `PutMode::Create` if the connection ends without a
/// response, and then its **own object** is the one that `AlreadyExists`.
///
/// The store has [failed](Transient::health) without a response, and with a status of 5xx. It is well if it
/// answers that an object is missing, exists, or is not for the caller.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match Seen::of(self) {
            Seen::Status(status) => status.verdict(),
            Seen::ErrorInBody => Verdict::Retry,
            Seen::Http(error) => without_status(error),
            Seen::Known(error) => error.verdict(),
            Seen::Answer | Seen::Nothing => Verdict::Final,
        }
    }

    fn unsent(&self) -> bool {
        let refused = chain(self).find_map(of_a_guard);
        refused.is_some_and(Transient::unsent)
    }

    fn health(&self) -> Health {
        match Seen::of(self) {
            Seen::Status(status) => status.health(),
            Seen::ErrorInBody => Health::Failed,
            Seen::Http(error) => connect::health(error),
            Seen::Known(error) => error.health(),
            Seen::Answer => Health::Well,
            Seen::Nothing => Health::Unknown,
        }
    }
}

/// The part of the error that it is judged by.
enum Seen<'a> {
    /// An answer that is final: the object, the condition or the caller is wrong.
    Answer,
    /// The status of the last response.
    Status(StatusCode),
    /// A 200 whose body says `SlowDown` or `InternalError`.
    ErrorInBody,
    /// No response, or one that could not be read.
    Http(&'a HttpError),
    /// An error of a store of files, or a guard's.
    Known(&'a dyn Transient),
    Nothing,
}

impl<'a> Seen<'a> {
    fn of(error: &'a Error) -> Self {
        if is_answer(error) {
            return Seen::Answer;
        }
        let causes = || chain(error).skip(1);
        if let Some(error) = causes().find_map(as_type::<HttpError>) {
            return Seen::Http(error);
        }
        if let Some(seen) = causes().find_map(response) {
            return seen;
        }
        causes()
            .find_map(as_transient)
            .map_or(Seen::Nothing, Seen::Known)
    }
}

fn is_answer(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound { .. }
            | Error::NotModified { .. }
            | Error::AlreadyExists { .. }
            | Error::Precondition { .. }
            | Error::PermissionDenied { .. }
            | Error::Unauthenticated { .. }
    )
}

/// Returns the response that the error tells of.
///
/// Its type is private. The texts are from object_store 0.14.2, `RequestError` in `src/client/retry.rs`.
fn response<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<Seen<'a>> {
    let text = error.to_string();
    if text.starts_with("Server returned error response: ") {
        return Some(Seen::ErrorInBody);
    }
    let status = text.strip_prefix("Server returned non-2xx status code: ")?;
    let status = status.get(..3)?.parse().ok();
    status.map(Seen::Status)
}

fn without_status(error: &HttpError) -> Verdict {
    match error.kind() {
        HttpErrorKind::Connect => connect::verdict(error),
        HttpErrorKind::Request | HttpErrorKind::Timeout | HttpErrorKind::Interrupted => {
            Verdict::Retry
        }
        _ => hyper::exchange(error),
    }
}

/// It is a `Generic` error with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        Error::Generic {
            store: "persevere",
            source: Box::new(interrupt),
        }
    }
}
