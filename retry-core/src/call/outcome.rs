//! The outcome of an attempt, and the verdict on it.

use core::cmp::Ordering;
use core::fmt;
use core::time::Duration;

/// An outcome of an attempt: either a value or a failure.
///
/// Implemented for [`Result`], [`Option`] and [`Opaque`]; implement it for a response type of your own that
/// contains its failure.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::Outcome;
///
/// struct Response { status: u16 }
///
/// impl Outcome for Response {
///     type Value = Response;
///     type Error = u16;
///     fn value(&self) -> Option<&Response> { (self.status < 400).then_some(self) }
///     fn error(&self) -> Option<&u16> { (self.status >= 400).then_some(&self.status) }
/// }
///
/// assert_eq!(Response { status: 503 }.error(), Some(&503));
/// ```
#[diagnostic::on_unimplemented(
    message = "cannot tell success from failure in `{Self}`",
    label = "neither a `Result` nor an `Option`",
    note = "return `Result` or `Option`, or judge the outcome as a whole: `on = PATTERN` or `when = outcome(|o| ..)`",
    note = "a response type of your own can implement `persevere::Outcome`",
    note = "a predicate takes the whole outcome; for the error write `when::err(|e| ..)`; an async closure is run by `run_async`"
)]
pub trait Outcome {
    /// The value of a success.
    type Value;
    /// The error of a failure.
    type Error;

    /// Returns the value of a success.
    fn value(&self) -> Option<&Self::Value>;

    /// Returns the error of a failure.
    fn error(&self) -> Option<&Self::Error>;

    /// Returns the verdict of `asked` on the error of a failure; a value is final.
    ///
    /// An enum asks by `match`. The compiler then sees that the outcome is borrowed no longer, and an attempt can
    /// write it to the place from which the function returns it.
    #[doc(hidden)]
    #[inline]
    fn judge_error(&self, asked: impl FnOnce(&Self::Error) -> Verdict) -> Verdict
    where
        Self: Sized,
    {
        self.error().map_or(Verdict::Final, asked)
    }

    /// Returns the part of a retried outcome that the call may have to return after the pause.
    ///
    /// A value may hold a connection, so it is kept only where no other outcome can stand for it.
    #[doc(hidden)]
    #[inline]
    fn kept_over_pause(self, replaceable: bool) -> Option<Self>
    where
        Self: Sized,
    {
        if replaceable && self.error().is_none() {
            None
        } else {
            Some(self)
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn value(&self) -> Option<&T> {
        self.as_ref().ok()
    }

    #[inline]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }

    #[inline]
    fn judge_error(&self, asked: impl FnOnce(&E) -> Verdict) -> Verdict {
        match self {
            Ok(_) => Verdict::Final,
            Err(error) => asked(error),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T> Outcome for Option<T> {
    type Value = T;
    type Error = Missing;

    #[inline]
    fn value(&self) -> Option<&T> {
        self.as_ref()
    }

    #[inline]
    fn error(&self) -> Option<&Missing> {
        if self.is_none() { Some(&Missing) } else { None }
    }

    /// Keeps no value, since `None` can always stand for it.
    #[inline]
    fn kept_over_pause(self, replaceable: bool) -> Option<Self> {
        match self {
            Some(_) if replaceable => None,
            _ => Some(None),
        }
    }
}

/// The error of a `None`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Missing, Outcome};
///
/// assert_eq!(None::<u8>.error(), Some(&Missing));
/// assert_eq!(Missing.to_string(), "no value");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no value")
    }
}

impl core::error::Error for Missing {}

/// A value that is judged as a whole: always a success, unless a predicate retries it.
///
/// Only the run-time API needs it; the attribute judges any return type with `on = PATTERN`.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, Opaque, wait, when};
///
/// let mut level = 0;
/// let policy = RetryPolicy::new()
///     .wait(wait::none())
///     .when(when::outcome(|level: &Opaque<u32>| level.0 < 2));
/// let reached = policy.run(|| {
///     level += 1;
///     Opaque(level)
/// });
/// assert_eq!(reached.0, 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opaque<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T> Outcome for Opaque<T> {
    type Value = T;
    type Error = core::convert::Infallible;

    #[inline]
    fn value(&self) -> Option<&T> {
        Some(&self.0)
    }

    #[inline]
    fn error(&self) -> Option<&core::convert::Infallible> {
        None
    }
}

/// A verdict on an outcome: whether another attempt is wanted.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::Verdict;
///
/// let busy = Verdict::RetryAfter(Duration::from_secs(5));
/// assert_eq!(Verdict::Retry.or(busy), busy);
/// assert_eq!(Verdict::Final.and(busy), Verdict::Final);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// No further attempt is wanted, success or not.
    Final,
    /// Another attempt is wanted.
    Retry,
    /// Another attempt is wanted, and not before this time has passed: the failure's own hint, a floor under
    /// the pause of the wait. Zero is no floor.
    RetryAfter(Duration),
    /// Another attempt is wanted after exactly this time, in place of the pause of the wait: gRPC's
    /// [pushback](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback).
    RetryIn(Duration),
}

impl Verdict {
    /// Returns [`Retry`](Verdict::Retry) if another attempt is `wanted`, else [`Final`](Verdict::Final).
    #[inline]
    pub const fn retry_if(wanted: bool) -> Self {
        if wanted {
            Verdict::Retry
        } else {
            Verdict::Final
        }
    }

    /// Returns whether another attempt is wanted.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::Verdict;
    ///
    /// assert!(Verdict::retry_if(true).is_retry());
    /// assert!(!Verdict::Final.is_retry());
    /// ```
    #[inline]
    pub const fn is_retry(self) -> bool {
        !matches!(self, Verdict::Final)
    }

    /// Returns the pause that the failure itself asks for; a floor of zero is none.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use core::time::Duration;
    /// use persevere::Verdict;
    ///
    /// assert_eq!(Verdict::RetryAfter(Duration::ZERO).hint(), None);
    /// assert_eq!(Verdict::RetryIn(Duration::ZERO).hint(), Some(Duration::ZERO));
    /// ```
    #[inline]
    pub const fn hint(self) -> Option<Duration> {
        match self {
            Verdict::RetryAfter(Duration::ZERO) | Verdict::Final | Verdict::Retry => None,
            Verdict::RetryAfter(pause) | Verdict::RetryIn(pause) => Some(pause),
        }
    }

    /// Returns whether the pause is exactly the one that the failure asks for.
    #[inline]
    pub(crate) const fn is_literal(self) -> bool {
        matches!(self, Verdict::RetryIn(_))
    }

    /// Returns a retry if either is one; of two hints the longer.
    #[inline]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Verdict::Final, one) | (one, Verdict::Final) => one,
            (one, two) => one.longer(two),
        }
    }

    /// Returns a retry if both are; of two hints the longer.
    #[inline]
    pub fn and(self, other: Self) -> Self {
        if self.is_retry() && other.is_retry() {
            self.or(other)
        } else {
            Verdict::Final
        }
    }

    /// Returns the verdict with the longer hint; of equal ones the floor, which is not the earlier.
    fn longer(self, other: Self) -> Self {
        match self.hint().cmp(&other.hint()) {
            Ordering::Greater => self,
            Ordering::Equal if matches!(self, Verdict::RetryAfter(_)) => self,
            Ordering::Less | Ordering::Equal => other,
        }
    }
}

/// The state of the service, as far as an outcome shows it, for circuit breakers.
///
/// It is independent of the [`Verdict`]. A request that must not be repeated may have met a service that is
/// down. A conflict, which another attempt may not have, comes from a service that works.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Health, Verdict};
///
/// assert_eq!(Health::from(Verdict::Retry), Health::Failed);
/// assert_eq!(Health::from(Verdict::Final), Health::Well);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Health {
    /// The service did not work: it is down, overloaded, out of reach, or not to be trusted.
    Failed,
    /// The service worked, even if it refused: a success, a conflict, a request that it rejects.
    Well,
    /// The outcome is no evidence about the service: the fault is the caller's own, or the call was not made.
    Unknown,
}

/// The default assumption: a retryable outcome has failed, and a final one is well.
impl From<Verdict> for Health {
    #[inline]
    fn from(verdict: Verdict) -> Self {
        match verdict.is_retry() {
            true => Health::Failed,
            false => Health::Well,
        }
    }
}

impl Health {
    /// Returns this state, unless it is only the assumption by the verdict: then the other.
    #[inline]
    pub(crate) fn or_if_assumed(self, verdict: Verdict, other: impl FnOnce() -> Self) -> Self {
        match self == Health::from(verdict) {
            true => other(),
            false => self,
        }
    }
}
