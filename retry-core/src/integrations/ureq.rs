//! `ureq::Error`.

use std::io;

use ::http::StatusCode;
use ureq::{Error, Timeout};

use super::downcast::{as_transient, of_a_guard};
use super::handshake;
use super::io::{broken, of_text};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::http::HttpError;
use crate::transient::Transient;
use crate::transient::causes::{causes, chain};

/// # `ureq::Error`
///
/// Timeouts are transient, and so are the transient statuses, names that do not resolve, and connections that
/// are not made. An `io::Error` decides for itself: connections that are refused, reset or closed early, within
/// a compressed body too, are transient, a refused certificate is final. All others are final: garbage for a
/// response, redirects that go too far, a body that cannot be decoded, requests that cannot be built.
///
/// A response with a status from 400 on is an error by default, and its headers, among them `Retry-After`,
/// are **lost**. With [`http_status_as_error(false)`](ureq::config::ConfigBuilder::http_status_as_error)
/// [`or_http_error`](crate::http::OrHttpError) keeps the hint.
///
/// Nothing is unsent, as an agent follows redirects, and the connection that it lacks may be the one to the
/// second server. For requests that are not idempotent, build the agent with
/// [`max_redirects(0)`](ureq::config::ConfigBuilder::max_redirects), and declare it to the predicate:
/// [`unsent().no_redirects()`](crate::when::OnUnsent::no_redirects). Unsent are then requests without a
/// connection, those whose time ran out while the name was looked up or the connection was made, and those
/// answered by a 425.
///
/// ureq repeats nothing by itself. It looks at an idle connection before it uses it, so that one that the
/// server has closed is replaced.
///
/// The service has [failed](Transient::health) if there is no connection, if it lets time run out, and if its
/// response ends early or makes no sense. A status decides for itself. The service is well if redirects go
/// too far. Its health is unknown after faults of the local host, and for requests that cannot be built.
#[diagnostic::do_not_recommend]
impl Transient for Error {
    fn verdict(&self) -> Verdict {
        match self {
            Error::StatusCode(code) => status(*code).map_or(Verdict::Final, |it| it.verdict()),
            Error::Io(error) => error.verdict(),
            Error::Other(error) => inside(&**error).map_or(Verdict::Final, Transient::verdict),
            Error::Timeout(_) | Error::HostNotFound | Error::ConnectionFailed => Verdict::Retry,
            _ => match Hidden::of(self) {
                Some(Hidden::Body(error)) => error.verdict(),
                Some(Hidden::Handshake { passes }) => Verdict::retry_if(passes),
                None => Verdict::Final,
            },
        }
    }

    fn unsent(&self) -> bool {
        let refused = match self {
            Error::Io(error) => causes(error).find_map(of_a_guard),
            Error::Other(error) => chain(&**error).find_map(of_a_guard),
            _ => None,
        };
        refused.is_some_and(Transient::unsent)
    }

    fn unsent_without_redirects(&self) -> bool {
        match self {
            Error::StatusCode(code) => {
                status(*code).is_some_and(|it| it.unsent_without_redirects())
            }
            Error::Io(error) => error.unsent_without_redirects(),
            Error::Other(error) => {
                inside(&**error).is_some_and(Transient::unsent_without_redirects)
            }
            Error::Timeout(Timeout::Resolve | Timeout::Connect)
            | Error::HostNotFound
            | Error::ConnectionFailed => true,
            _ => matches!(Hidden::of(self), Some(Hidden::Handshake { .. })),
        }
    }

    fn health(&self) -> Health {
        match self {
            Error::StatusCode(code) => status(*code).map_or(Health::Unknown, |it| it.health()),
            Error::Io(error) => broken(error),
            Error::Other(error) => inside(&**error).map_or(Health::Unknown, Transient::health),
            Error::Timeout(_)
            | Error::HostNotFound
            | Error::ConnectionFailed
            | Error::ConnectProxyFailed(_)
            | Error::LargeResponseHeader(..)
            | Error::Protocol(_)
            | Error::Tls(_) => Health::Failed,
            Error::RedirectFailed | Error::TooManyRedirects => Health::Well,
            _ => match Hidden::of(self) {
                Some(Hidden::Body(error)) => broken(&error),
                Some(Hidden::Handshake { .. }) => Health::Failed,
                None => Health::Unknown,
            },
        }
    }
}

fn status(code: u16) -> Option<StatusCode> {
    StatusCode::from_u16(code).ok()
}

/// Returns the error of a connector of the program's own that decides for the whole.
fn inside<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a dyn Transient> {
    chain(error).find_map(as_transient)
}

/// Errors whose variants exist by features of ureq, of which this crate knows nothing.
enum Hidden {
    /// The connection broke in the middle of a body.
    Body(io::Error),
    /// A handshake of TLS failed.
    Handshake { passes: bool },
}

impl Hidden {
    /// Returns the error by its text, which is that of `src/error.rs` in ureq 3.5.
    fn of(error: &Error) -> Option<Self> {
        let text = error.to_string();
        if text.starts_with("native-tls: ") || text.starts_with("rustls: ") {
            let passes = handshake::is_passing(&text);
            return Some(Hidden::Handshake { passes });
        }
        let lost = match text.split_once(" decompression failed: ") {
            Some((_, lost)) => lost,
            None => &text,
        };
        let error = match lost {
            "Peer disconnected" | "body data reading stalled" => {
                io::ErrorKind::UnexpectedEof.into()
            }
            _ if lost.starts_with("timeout: ") => io::ErrorKind::TimedOut.into(),
            _ => of_text(lost)?,
        };
        Some(Hidden::Body(error))
    }
}

/// A status becomes a status like any other, except that its `Retry-After` is lost.
impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::StatusCode(code) => status(code),
            _ => None,
        };
        match code {
            Some(status) => HttpError::Status {
                status,
                retry_after: None,
                should_retry: None,
                url: None,
            },
            None => HttpError::transport(error),
        }
    }
}

/// It is that of an `io::Error` with the interrupt inside.
impl From<Interrupt> for Error {
    fn from(interrupt: Interrupt) -> Self {
        Error::Io(interrupt.into())
    }
}
