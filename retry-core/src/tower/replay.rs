//! Ways to repeat requests.

use core::fmt;
use core::time::Duration;

use crate::transient::not_replayable::NotReplayable;

/// A way to repeat requests of type `R`, for a service whose errors are `E`: [`Cloned`], or the argument of
/// [`RetryLayer::replay`](super::RetryLayer::replay).
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

    /// Returns a copy of the request, or the error that a call with it ends with.
    #[doc(hidden)]
    fn copy(&self, request: &R) -> Result<R, E>;

    /// Returns the request that later attempts are copied from; `None` if the request is sent once.
    #[doc(hidden)]
    fn keep(&self, request: &R) -> Result<Option<R>, E> {
        self.copy(request).map(Some)
    }

    /// Returns the longest time that the call may take, from the request.
    #[doc(hidden)]
    fn deadline(&self, _request: &R) -> Option<Duration> {
        None
    }

    /// Adds the previous attempts to the request.
    #[doc(hidden)]
    fn tell(&self, _request: &mut R, _before: PreviousAttempts) {}

    /// Returns whether the request may be repeated although it had an effect.
    #[doc(hidden)]
    fn is_idempotent(&self, _request: &R) -> bool {
        true
    }

    /// Returns whether the error proves that a request had no effect.
    #[doc(hidden)]
    fn had_no_effect(&self, _error: &E) -> bool {
        false
    }
}

/// The attempts before one that is not the first.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "http"),
    expect(dead_code, reason = "headers are what is told")
)]
pub struct PreviousAttempts {
    /// The number of attempts.
    pub(super) attempts: u32,
    /// The time since the call began, if its request has a deadline.
    pub(super) elapsed: Duration,
}

/// A replay that repeats requests by [`Clone`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Cloned;

#[diagnostic::do_not_recommend]
impl<R: Clone, E> Replay<R, E> for Cloned {
    fn copy(&self, request: &R) -> Result<R, E> {
        Ok(request.clone())
    }
}

/// A replay that repeats requests by a function, which can refuse:
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

/// A replay that sends requests once if they cannot be repeated:
/// [`RetryLayer::or_once`](super::RetryLayer::or_once).
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
