//! The error of a call over HTTP.

use core::fmt;
use core::time::Duration;
use std::error::Error;
use std::io;

use ::http::StatusCode;

use super::retry_headers::RetryHeaders;
use crate::breaker::CallError;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::transient::Transient;
#[cfg(feature = "tower")]
use crate::transient::not_replayable::NotReplayable;
use crate::util::source_chain::{Dyn, as_type, chain_through};

/// The error of a call over HTTP: the error type of a function whose attempts are requests.
///
/// [`or_http_error`](super::OrHttpError) makes it from a response. `?` makes it from the errors of `reqwest`,
/// `hyper` and `hyper-util`, by the features of these names, of `io::Error`, of tokio's `Elapsed`, and of
/// [`Interrupt`], so that every key of the attribute works with it. `transient()` distinguishes what can
/// pass, and when:
///
/// | error | transient | unsent | the service has failed |
/// |---|---|---|---|
/// | a status | 408, 425, 429, 5xx but for 501 505 506 507 508 510 511 525 526, not before their hint; 403 409 413 423 507 525 526 and unknown 4xx with a hint | 425, only [without redirects](crate::when::OnUnsent::no_redirects) | 5xx |
/// | no response, or a part of one | as the client's error says | as the client's error says; of `reqwest` and of an `io::Error` only without redirects | as the client's error says |
/// | an interrupt | a timeout of the attempt, an open breaker | an open breaker | a timeout, a deadline |
///
/// The sources for the statuses are listed at their [`Transient`], and those for the hints, `Retry-After` and
/// others, at [`verdict_in`](super::verdict_in).
///
/// Its text is one line for logs. A URL is shown without its query, fragment and user, which may contain
/// secrets. The inner error of `reqwest` has them removed too.
///
/// ```
/// # use persevere_core as persevere;
/// use http::{Response, StatusCode};
/// use persevere::http::{HttpError, OrHttpError};
/// use persevere::{Transient, Verdict};
/// use std::time::Duration;
///
/// let response = Response::builder().status(503).header("Retry-After", "2").body(())?;
/// let error = response.or_http_error().unwrap_err();
/// assert!(matches!(error, HttpError::Status { status: StatusCode::SERVICE_UNAVAILABLE, .. }));
/// assert_eq!(error.verdict(), Verdict::RetryAfter(Duration::from_secs(2)));
/// assert_eq!(error.to_string(), "503 Service Unavailable, to be retried after 2s");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// A response whose status is an error: 4xx or 5xx.
    #[non_exhaustive]
    Status {
        /// The status.
        status: StatusCode,
        /// The pause that the [headers](super::verdict_in) of the response request. Zero requests another
        /// attempt at once.
        retry_after: Option<Duration>,
        /// The request to retry or not, whatever the status is: `x-should-retry`.
        should_retry: Option<bool>,
        /// The URL of the response, without query, fragment and user, if the client provides it.
        url: Option<String>,
    },
    /// No response, or one that ended too early or cannot be read.
    #[non_exhaustive]
    Transport {
        /// The client's error.
        error: Box<dyn Error + Send + Sync>,
        /// The verdict on another attempt.
        verdict: Verdict,
        /// Whether the request certainly had no effect.
        unsent: bool,
        /// Whether it certainly had none, provided that the client follows no redirects.
        unsent_without_redirects: bool,
        /// The health of the service that the error shows.
        health: Health,
    },
    /// An attempt that a limit ended, or that a breaker refused.
    Interrupted(Interrupt),
}

impl HttpError {
    /// Creates an error without a response, from a client's error that implements [`Transient`].
    ///
    /// An `io::Error` does not show which client it is from, and that of a client which follows redirects
    /// looks the same. A refused connection is therefore unsent
    /// [without redirects](Transient::unsent_without_redirects) only.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Transient;
    /// use persevere::http::HttpError;
    /// use std::io::{self, ErrorKind};
    ///
    /// let error = HttpError::transport(io::Error::from(ErrorKind::ConnectionRefused));
    /// assert!(error.verdict().is_retry());
    /// assert!(!error.unsent() && error.unsent_without_redirects());
    /// ```
    pub fn transport(error: impl Transient + Error + Send + Sync + 'static) -> Self {
        HttpError::Transport {
            verdict: error.verdict(),
            unsent: error.unsent() && !may_be_redirected(&error),
            unsent_without_redirects: error.unsent_without_redirects(),
            health: error.health(),
            error: Box::new(error),
        }
    }

    /// Returns the error inside an `HttpError` or a pointer to one.
    pub(crate) fn inside_of(error: &Dyn) -> Option<&Dyn> {
        as_type::<HttpError>(error)?.inside()
    }

    /// Returns the inner error, whose text is that of this one.
    fn inside(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            HttpError::Status { .. } => None,
            HttpError::Transport { error, .. } => Some(&**error),
            HttpError::Interrupted(interrupt) => Some(interrupt),
        }
    }

    /// Returns the status of the response, if one was received.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use http::{Response, StatusCode};
    /// use persevere::Interrupt;
    /// use persevere::http::{HttpError, OrHttpError};
    ///
    /// let response = Response::builder().status(404).body(())?;
    /// let error = response.or_http_error().unwrap_err();
    /// assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    /// assert_eq!(HttpError::from(Interrupt::AttemptTimeout).status(), None);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            HttpError::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// Returns whether the error is an `io::Error` of any client, and not an interrupt.
///
/// It may also be behind a pointer, or come from a call through a breaker.
fn may_be_redirected(error: &(dyn Error + 'static)) -> bool {
    let of_call = || match error.downcast_ref::<CallError<io::Error>>() {
        Some(CallError::Inner(error)) => Some(error),
        _ => None,
    };
    let of_io = as_type::<io::Error>(error).or_else(of_call);
    let is_interrupt = |cause: &Dyn| as_type::<Interrupt>(cause).is_some();
    of_io.is_some_and(|error| !causes(error).any(is_interrupt))
}

/// Iterates over the causes of an error, without the error itself.
fn causes(error: &Dyn) -> impl Iterator<Item = &Dyn> {
    chain_through(error, HttpError::inside_of).skip(1)
}

/// # `HttpError`
///
/// A response is judged by its status and headers, and a failed exchange as the error of its client was.
#[diagnostic::do_not_recommend]
impl Transient for HttpError {
    fn verdict(&self) -> Verdict {
        match self {
            HttpError::Status {
                status,
                retry_after,
                should_retry,
                ..
            } => {
                let hint = RetryHeaders {
                    retry_after: *retry_after,
                    should_retry: *should_retry,
                };
                hint.verdict(*status)
            }
            HttpError::Transport { verdict, .. } => *verdict,
            HttpError::Interrupted(interrupt) => interrupt.verdict(),
        }
    }

    fn unsent(&self) -> bool {
        match self {
            HttpError::Status { status, .. } => status.unsent(),
            HttpError::Transport { unsent, .. } => *unsent,
            HttpError::Interrupted(interrupt) => interrupt.unsent(),
        }
    }

    fn unsent_without_redirects(&self) -> bool {
        match self {
            HttpError::Transport {
                unsent_without_redirects,
                ..
            } => *unsent_without_redirects,
            HttpError::Status { status, .. } => status.unsent_without_redirects(),
            HttpError::Interrupted(interrupt) => interrupt.unsent(),
        }
    }

    fn health(&self) -> Health {
        match self {
            HttpError::Status { status, .. } => status.health(),
            HttpError::Transport { health, .. } => *health,
            HttpError::Interrupted(interrupt) => interrupt.health(),
        }
    }
}

/// A client's error seldom gives a reason, so the text of its first cause follows.
impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpError::Status {
                status,
                retry_after,
                should_retry,
                url,
            } => {
                status.fmt(f)?;
                if let Some(url) = url {
                    write!(f, " from {url}")?;
                }
                let is_asked_for = retry_after.is_some() || *should_retry == Some(true);
                match self.verdict() {
                    Verdict::RetryAfter(pause) => write!(f, ", to be retried after {pause:?}"),
                    Verdict::Final if *should_retry == Some(false) => {
                        f.write_str(", not to be retried")
                    }
                    verdict if verdict.is_retry() && is_asked_for => f.write_str(", to be retried"),
                    _ => Ok(()),
                }
            }
            HttpError::Transport { error, .. } => {
                let own = error.to_string();
                f.write_str(&own)?;
                // An `io::Error` has the text of its inner error.
                match causes(&**error).last().map(ToString::to_string) {
                    Some(first) if first != own => write!(f, ": {first}"),
                    _ => Ok(()),
                }
            }
            HttpError::Interrupted(interrupt) => interrupt.fmt(f),
        }
    }
}

/// The source is that of the inner error, whose text is this error's own.
impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            HttpError::Transport { error, .. } => error.source(),
            HttpError::Status { .. } | HttpError::Interrupted(_) => None,
        }
    }
}

impl From<Interrupt> for HttpError {
    fn from(interrupt: Interrupt) -> Self {
        HttpError::Interrupted(interrupt)
    }
}

#[cfg(feature = "tower")]
impl From<NotReplayable> for HttpError {
    fn from(refused: NotReplayable) -> Self {
        io::Error::from(refused).into()
    }
}

impl From<io::Error> for HttpError {
    fn from(error: io::Error) -> Self {
        HttpError::transport(error)
    }
}
