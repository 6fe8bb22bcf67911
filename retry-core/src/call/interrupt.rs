//! Attempts without an outcome of their own: cut by a limit of time, or refused by a guard.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::time::Duration;

use crate::call::error::StopReason;

/// The reason why an attempt has no outcome of its own.
///
/// The error of a function with a limit, a breaker or a bulkhead must be convertible from an interrupt:
/// `impl From<Interrupt> for MyError`. These errors are:
///
/// | error | conversion of the interrupt |
/// |---|---|
/// | `io::Error` | one of the kind `TimedOut`, `ResourceBusy`, `UnexpectedEof` or `Other`, with the interrupt inside |
/// | `Box<dyn Error>`, also `Send`, also `Sync`; `Arc<dyn Error + Send + Sync>`; `anyhow::Error` | the interrupt itself |
/// | `HttpError` (feature `http`), for `reqwest`, `hyper` and hyper-util too, whose errors cannot be constructed | `HttpError::Interrupted` |
/// | `sqlx::Error` 0.9, `redis::RedisError` from 1.2, `mysql::Error` 28, `mysql_async::Error` 0.37, `lapin::Error` 4, `ureq::Error` 3 (features of these names) | that of an `io::Error` with the interrupt inside |
/// | errors of `async_nats` 0.51 with a kind (feature `async-nats`) | one whose source is the interrupt |
/// | `diesel::result::Error` 2.3 (feature `diesel`) | a `QueryBuilderError` with the interrupt inside |
/// | `reqwest_middleware::Error` 0.5 (feature `reqwest-middleware`) | that of a middleware with the interrupt inside |
/// | `object_store::Error` 0.14 (feature `object_store`) | a `Generic` error with the interrupt inside |
/// | `etcd_client::Error` 0.21 (feature `etcd-client`) | a `GRpcStatus` of `tonic::Status` |
/// | `tonic::Status` 0.14 (feature `tonic`) | one of the code `DEADLINE_EXCEEDED`, `UNAVAILABLE` or `CANCELLED`, whose source is the interrupt |
/// | [`Classified<E>`](crate::Classified) | that of `E`, judged as the interrupt |
///
/// All of them keep the interrupt: [`Transient`](crate::Transient) judges it, and `cause_is::<Interrupt>()`
/// finds it. `tokio_postgres::Error` and `rusqlite::Error` have no place for it: return an error that hides
/// them, such as `anyhow::Error`, with `when = transient_cause::<tokio_postgres::Error>()`, or one of your
/// own. For any other type write `interrupt = |interrupt| ..`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Interrupt;
///
/// #[derive(Debug, PartialEq)]
/// enum ApiError { Refused, Slow, Unavailable }
///
/// impl From<Interrupt> for ApiError {
///     fn from(interrupt: Interrupt) -> Self {
///         match interrupt {
///             Interrupt::CircuitOpen { .. } => ApiError::Unavailable,
///             _ => ApiError::Slow,
///         }
///     }
/// }
/// assert_eq!(ApiError::from(Interrupt::Deadline), ApiError::Slow);
/// # let _ = ApiError::Refused;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Interrupt {
    /// The attempt took longer than `attempt_timeout` allows.
    AttemptTimeout,
    /// The call has reached its deadline.
    Deadline,
    /// The circuit breaker is open.
    CircuitOpen {
        /// The time until the next try is worthwhile, if the breaker knows it.
        retry_after: Option<Duration>,
    },
    /// A token has cancelled the call, and with it the attempt: `cancelled(&TOKEN).abort_attempt()`.
    Cancelled,
    /// The budget refuses the retry, now that its pause is over.
    Budget,
    /// The rate limiter has no permit within the time that the call may wait.
    RateLimited {
        /// The time until a permit is there for a call that comes now.
        retry_after: Option<Duration>,
    },
    /// The bulkhead has no place, and no room in its line.
    BulkheadFull,
    /// The stream has come to an end although it is endless.
    StreamEnded,
}

impl Interrupt {
    /// Returns the reason of a call that this interrupt ends; `None` if the call may go on.
    #[doc(hidden)]
    pub const fn reason(self) -> Option<StopReason> {
        match self {
            Interrupt::AttemptTimeout | Interrupt::StreamEnded => None,
            Interrupt::Deadline => Some(StopReason::Deadline),
            Interrupt::CircuitOpen { .. } => Some(StopReason::CircuitOpen),
            Interrupt::Cancelled => Some(StopReason::Cancelled),
            Interrupt::Budget => Some(StopReason::Budget),
            Interrupt::RateLimited { .. } => Some(StopReason::RateLimited),
            Interrupt::BulkheadFull => Some(StopReason::BulkheadFull),
        }
    }

    /// Returns the line that describes the interrupt.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Interrupt::AttemptTimeout => "the attempt timed out",
            Interrupt::Deadline => "the deadline has passed",
            Interrupt::CircuitOpen { .. } => "the circuit is open",
            Interrupt::Cancelled => "the call was cancelled",
            Interrupt::Budget => "the retry budget is spent",
            Interrupt::RateLimited { .. } => "the rate limit is reached",
            Interrupt::BulkheadFull => "the bulkhead is full",
            Interrupt::StreamEnded => "the stream has ended",
        }
    }
}

/// Writes one line: `the attempt timed out`, `the deadline has passed`, `the circuit is open`,
/// `the call was cancelled`, `the retry budget is spent`, `the rate limit is reached`, `the bulkhead is full`,
/// `the stream has ended`.
impl fmt::Display for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Error for Interrupt {}

/// Boxes the interrupt, as the standard library does for a `Box` that is `Sync` too.
impl From<Interrupt> for Box<dyn Error + Send> {
    fn from(interrupt: Interrupt) -> Self {
        Box::new(interrupt)
    }
}

/// An error that several callers share.
impl From<Interrupt> for Arc<dyn Error + Send + Sync> {
    fn from(interrupt: Interrupt) -> Self {
        Arc::new(interrupt)
    }
}

/// The kind is `TimedOut` for a timeout and a deadline, `ResourceBusy` for an open breaker, a rate limit and a full
/// bulkhead, `UnexpectedEof` for a stream that ended, and `Other` for a call that was cancelled and for a spent budget.
/// The interrupt itself is inside, where `cause_is::<Interrupt>()` finds it.
#[cfg(feature = "std")]
impl From<Interrupt> for std::io::Error {
    fn from(interrupt: Interrupt) -> Self {
        use std::io::ErrorKind;
        let kind = match interrupt {
            Interrupt::AttemptTimeout | Interrupt::Deadline => ErrorKind::TimedOut,
            Interrupt::CircuitOpen { .. }
            | Interrupt::RateLimited { .. }
            | Interrupt::BulkheadFull => ErrorKind::ResourceBusy,
            Interrupt::StreamEnded => ErrorKind::UnexpectedEof,
            // Not `Interrupted`: that kind invites another attempt.
            Interrupt::Cancelled | Interrupt::Budget => ErrorKind::Other,
        };
        std::io::Error::new(kind, interrupt)
    }
}

/// An outcome that can stand for an attempt without one: a `Result` whose error can be made of an
/// [`Interrupt`], or an `Option`, for which it is `None`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{FromInterrupt, Interrupt};
///
/// let outcome = std::io::Result::<()>::from_interrupt(Interrupt::AttemptTimeout);
/// assert_eq!(outcome.unwrap_err().to_string(), "the attempt timed out");
/// assert_eq!(Option::<()>::from_interrupt(Interrupt::Deadline), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "an attempt that is interrupted has no outcome of type `{Self}`",
    label = "cannot be made of an `Interrupt`",
    note = "implement `From<persevere::Interrupt>` for the error, in an enum with `thiserror` and `#[derive(persevere::Transient)]` by `Cut(#[from] #[transient] persevere::Interrupt)`, or give the outcome that an interrupt becomes, the whole of it: `interrupt = |i| Err(..)`, of a policy `.interrupt(|i| Err(..))`; a call of a breaker alone takes any error: `BREAKER.try_call(|| ..)`",
    note = "`sqlx::Error` 0.9, `diesel::result::Error` 2.3, `etcd_client::Error` 0.21, `redis::RedisError` from 1.2, `mysql::Error` 28, `mysql_async::Error` 0.37, `object_store::Error` 0.14, `reqwest_middleware::Error` 0.5, `ureq::Error` 3 and `tonic::Status` 0.14 have it with the feature of `persevere` that has the crate's name; in place of the errors of `reqwest` and `hyper` return `persevere::http::HttpError`, with the features `http` and `reqwest` or `hyper`",
    note = "in place of other errors return `anyhow::Error` or `Box<dyn Error + Send + Sync>`, and let it be judged by `when = transient_cause::<tokio_postgres::Error>()`"
)]
pub trait FromInterrupt {
    /// Makes the outcome in place of the attempt's own.
    fn from_interrupt(interrupt: Interrupt) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Interrupt>> FromInterrupt for Result<T, E> {
    fn from_interrupt(interrupt: Interrupt) -> Self {
        Err(E::from(interrupt))
    }
}

#[diagnostic::do_not_recommend]
impl<T> FromInterrupt for Option<T> {
    fn from_interrupt(_: Interrupt) -> Self {
        None
    }
}
