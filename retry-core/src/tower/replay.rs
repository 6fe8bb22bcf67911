//! How requests are repeated.

use core::error::Error;
use core::fmt;
use core::time::Duration;

/// Says how requests of type `R` are repeated, to a service whose errors are `E`: [`Cloned`], or what
/// [`RetryLayer::replay`](super::RetryLayer::replay) takes.
#[diagnostic::on_unimplemented(
    message = "requests of type `{R}` cannot be repeated",
    label = "a request is cloned for every attempt",
    note = "keep the body in memory, so that the request is `Clone`, or say how it is copied: `RetryLayer::new(policy).replay(|request| ..)`",
    note = "a copy that may be refused needs errors that are `From<persevere::tower::NotReplayable>`",
    note = "requests that may not be idempotent need errors that are `persevere::Transient`"
)]
pub trait Replay<R, E> {
    /// Whether requests can have a deadline.
    #[doc(hidden)]
    const DEADLINE: bool = false;

    /// The same request once more, or what a call with it ends with.
    #[doc(hidden)]
    fn copy(&self, request: &R) -> Result<R, E>;

    /// The request that later attempts are copied from; `None` where the request is sent once.
    #[doc(hidden)]
    fn keep(&self, request: &R) -> Result<Option<R>, E> {
        self.copy(request).map(Some)
    }

    /// The longest that the call may take, as the request says.
    #[doc(hidden)]
    fn deadline(&self, _request: &R) -> Option<Duration> {
        None
    }

    /// Tells the request what came before it.
    #[doc(hidden)]
    fn tell(&self, _request: &mut R, _before: PreviousAttempts) {}

    /// Whether the request may be repeated although it had an effect.
    #[doc(hidden)]
    fn is_idempotent(&self, _request: &R) -> bool {
        true
    }

    /// Whether the error proves that a request had no effect.
    #[doc(hidden)]
    fn had_no_effect(&self, _error: &E) -> bool {
        false
    }
}

/// What came before an attempt that is not the first.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "http"),
    expect(dead_code, reason = "headers are what is told")
)]
pub struct PreviousAttempts {
    /// The number of attempts.
    pub(super) attempts: u32,
    /// The time since the call began, where its request has a deadline.
    pub(super) elapsed: Duration,
}

/// Requests are repeated by [`Clone`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Cloned;

#[diagnostic::do_not_recommend]
impl<R: Clone, E> Replay<R, E> for Cloned {
    fn copy(&self, request: &R) -> Result<R, E> {
        Ok(request.clone())
    }
}

/// Requests are repeated by a function, which can refuse:
/// [`RetryLayer::replay`](super::RetryLayer::replay).
#[derive(Clone, Copy)]
pub struct CopiedBy<F>(pub(super) F);

#[diagnostic::do_not_recommend]
impl<R, E, F> Replay<R, E> for CopiedBy<F>
where
    F: Fn(&R) -> Option<R>,
    E: From<NotReplayable>,
{
    fn copy(&self, request: &R) -> Result<R, E> {
        (self.0)(request).ok_or_else(|| NotReplayable.into())
    }
}

impl<F> fmt::Debug for CopiedBy<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CopiedBy")
    }
}

/// Requests that cannot be repeated are sent once: [`RetryLayer::or_once`](super::RetryLayer::or_once).
#[derive(Clone, Copy, Debug)]
pub struct OrOnce<C>(pub(super) C);

#[diagnostic::do_not_recommend]
impl<R, E, C: Replay<R, E>> Replay<R, E> for OrOnce<C> {
    const DEADLINE: bool = C::DEADLINE;

    fn copy(&self, request: &R) -> Result<R, E> {
        self.0.copy(request)
    }

    fn keep(&self, request: &R) -> Result<Option<R>, E> {
        Ok(self.0.keep(request).unwrap_or(None))
    }

    fn deadline(&self, request: &R) -> Option<Duration> {
        self.0.deadline(request)
    }

    fn tell(&self, request: &mut R, before: PreviousAttempts) {
        self.0.tell(request, before);
    }

    fn is_idempotent(&self, request: &R) -> bool {
        self.0.is_idempotent(request)
    }

    fn had_no_effect(&self, error: &E) -> bool {
        self.0.had_no_effect(error)
    }
}

/// The request cannot be sent a second time, and so it was not sent at all: its body is a stream, for
/// example.
///
/// A service that may answer so has errors that can be made of it: `Box<dyn Error + Send + Sync>`, which
/// is tower's `BoxError`, `io::Error` (of the kind `InvalidInput`), `HttpError`, or one of your own.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::tower::NotReplayable;
///
/// let error: Box<dyn std::error::Error + Send + Sync> = NotReplayable.into();
/// assert!(error.is::<NotReplayable>());
/// assert!(error.to_string().starts_with("the request cannot be repeated"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReplayable;

/// One line, with what to do.
impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the request cannot be repeated, and was not sent: keep its body in memory, or send it past the retries",
        )
    }
}

impl Error for NotReplayable {}

impl From<NotReplayable> for std::io::Error {
    fn from(refused: NotReplayable) -> Self {
        std::io::Error::new(std::io::ErrorKind::InvalidInput, refused)
    }
}

#[cfg(feature = "http")]
impl From<NotReplayable> for crate::http::HttpError {
    fn from(refused: NotReplayable) -> Self {
        std::io::Error::from(refused).into()
    }
}
