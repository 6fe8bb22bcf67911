//! Stop conditions: limits on attempts and time, and their combinations.
//!
//! A stop is asked after a retryable outcome, and sees the coming pause. `a | b` ends the call as soon as one
//! of them would, `a & b` only when both would.
//!
//! ```
//! # use persevere_core as persevere;
//! use core::time::Duration;
//! use persevere::{RetryPolicy, stop};
//!
//! let policy = RetryPolicy::new()
//!     .stop(stop::after_attempt(5) | stop::before_delay(Duration::from_secs(30)));
//! # let _ = policy;
//! ```

use core::time::Duration;

use crate::call::state::Progress;

mod abort;
mod combine;
mod conditions;
pub(crate) mod contract;
mod operators;

#[doc(hidden)]
pub use self::abort::AbortsAttempt;
#[doc(hidden)]
pub use self::combine::StopList;
pub use self::combine::{All, Any, all, any};
pub use self::contract::BoxStop;
pub(crate) use self::contract::Stop;
pub use crate::cancel::Cancel;
#[cfg(feature = "std")]
pub use crate::cancel::WhenCancelled;

/// Ends the call once `attempts` attempts were made; 0 counts as 1.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, stop, wait};
///
/// let policy = RetryPolicy::new().stop(stop::after_attempt(5)).wait(wait::none());
/// let mut attempts = 0;
/// let _ = policy.run(|| { attempts += 1; Err::<(), _>("refused") });
/// assert_eq!(attempts, 5);
/// ```
#[inline]
pub const fn after_attempt(attempts: u32) -> AfterAttempt {
    AfterAttempt(attempts)
}

/// Ends the call once `elapsed ≥ limit`.
///
/// The attempt in flight and the last pause may exceed the limit; [`before_delay`] looks ahead.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, StopReason, stop, wait};
///
/// let limit = stop::after_delay(Duration::from_secs(10));
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(2))).stop(limit);
/// assert_eq!(policy.resume(1, Duration::from_secs(9)), Ok(Duration::from_secs(2)));
/// assert_eq!(policy.resume(1, Duration::from_secs(10)), Err(StopReason::Elapsed));
/// ```
#[inline]
pub const fn after_delay(limit: Duration) -> AfterDelay {
    AfterDelay(limit)
}

/// Ends the call when `elapsed + coming pause ≥ limit`: no pause reaches past the limit.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, StopReason, stop, wait};
///
/// let limit = stop::before_delay(Duration::from_secs(10));
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(2))).stop(limit);
/// assert_eq!(policy.resume(1, Duration::from_secs(7)), Ok(Duration::from_secs(2)));
/// assert_eq!(policy.resume(1, Duration::from_secs(8)), Err(StopReason::Elapsed));
/// ```
#[inline]
pub const fn before_delay(limit: Duration) -> BeforeDelay {
    BeforeDelay(limit)
}

/// Ends the call once the token is cancelled; the reason is
/// [`StopReason::Cancelled`](crate::StopReason::Cancelled).
///
/// A pause ends at once with a [`CancelToken`](crate::CancelToken), and within 50 ms with an `AtomicBool`.
/// The attempt in flight goes on, unless [`abort_attempt`](Cancelled::abort_attempt) is set. A call that
/// begins after the cancellation still makes its first attempt, unless it is async and aborts attempts.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CancelToken, RetryPolicy, stop};
///
/// static SHUTDOWN: CancelToken = CancelToken::new();
/// let policy = RetryPolicy::new().stop(stop::after_attempt(10) | stop::cancelled(&SHUTDOWN));
/// # let _ = policy;
/// ```
#[inline]
pub const fn cancelled<T: Cancel>(token: T) -> Cancelled<T> {
    Cancelled { token }
}

/// Never ends the call: it goes on until an outcome is final.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, StopReason, stop, wait};
///
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(2))).stop(stop::never());
/// assert_eq!(policy.resume(1_000_000, Duration::MAX), Ok(Duration::from_secs(2)));
/// ```
#[inline]
pub const fn never() -> Never {
    Never
}

/// Ends the call when the closure returns `true`; the reason is
/// [`StopReason::GivenUp`](crate::StopReason::GivenUp).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::stop;
///
/// let stop = stop::stop_when(|p| p.attempt() >= 3 && p.idle_for() > p.elapsed() / 2);
/// # let _ = stop;
/// ```
#[inline]
pub const fn stop_when<F: Fn(&Progress<'_>) -> bool>(condition: F) -> StopWhen<F> {
    StopWhen(condition)
}

/// The condition of [`after_attempt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterAttempt(u32);

/// The condition of [`after_delay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterDelay(Duration);

/// The condition of [`before_delay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeforeDelay(Duration);

/// The condition of [`cancelled`].
#[derive(Clone, Copy, Debug)]
pub struct Cancelled<T> {
    token: T,
}

/// The condition of [`abort_attempt`](Cancelled::abort_attempt).
#[derive(Clone, Copy, Debug)]
pub struct AbortAttempt<T>(Cancelled<T>);

impl<T: Cancel> Cancelled<T> {
    /// Also ends the attempt in flight of an async call, by dropping its future.
    ///
    /// A blocking attempt cannot be ended. Async callbacks of the attribute end too, and an async fallback
    /// that begins later is polled once.
    ///
    /// The call then ends with the outcome of the previous attempt, or with one made from
    /// [`Interrupt::Cancelled`](crate::Interrupt::Cancelled). A policy whose outcome cannot be made from it
    /// does not compile.
    ///
    /// A box, a type of your own, an `impl Stop` or an `impl Policy` hides this setting from the compiler. In
    /// a policy without a guard, a first attempt then goes on and the call ends after it, even if the error
    /// is an `io::Error`. A log line at level `Warn` reports this once. With
    /// `.interrupt(|i: Interrupt| Err(i.into()))` the attempt is ended: see
    /// [`interrupt`](crate::RetryPolicy::interrupt). The attribute does not need it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{CancelToken, stop};
    ///
    /// static SHUTDOWN: CancelToken = CancelToken::new();
    /// let stop = stop::after_attempt(10) | stop::cancelled(&SHUTDOWN).abort_attempt();
    /// # let _ = stop;
    /// ```
    #[inline]
    #[must_use]
    pub const fn abort_attempt(self) -> AbortAttempt<T> {
        AbortAttempt(self)
    }
}

/// The condition of [`never()`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Never;

/// The condition of [`stop_when`].
#[derive(Clone, Copy, Debug)]
pub struct StopWhen<F>(F);

/// The stop of a policy that sets none: three attempts.
///
/// Outcomes taken by a `case` with its own stop are not counted.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Policy, RetryPolicy, stop::DefaultStop, wait};
///
/// let policy = RetryPolicy::new().wait(wait::none()).stop(DefaultStop);
/// assert_eq!(policy.report(|| None::<u8>).attempts(), 3);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DefaultStop;

/// A stop that permits no retry at all while switched off.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Enabled<'a, S: ?Sized>(pub bool, pub &'a S);
