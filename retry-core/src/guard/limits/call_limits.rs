//! The limits of one call.

use core::time::Duration;

use super::shown::Shown;
use crate::call::interrupt::Interrupt;
use crate::guard::Wakeable;
use crate::rate_limiter::{RateLimiter, Turn};
use crate::time::clock::Instant;

/// The limits of one call; `()` for none.
pub trait CallLimits: Wakeable + Send + Sync {
    /// Returns whether there are any.
    #[doc(hidden)]
    #[inline(always)]
    fn any(&self) -> bool {
        false
    }

    /// Returns the interrupt that stands for a wait of this length, if the call waits for one of them.
    #[doc(hidden)]
    #[inline(always)]
    fn awaited(&self, _pause: Duration) -> Option<Interrupt> {
        None
    }

    /// Leaves every line: the call makes no attempt.
    #[doc(hidden)]
    #[inline(always)]
    fn leave(&mut self) {}

    /// Returns the rate limiter, for which responses may have news.
    #[doc(hidden)]
    #[inline(always)]
    fn rate_limiter(&self) -> Option<&RateLimiter> {
        None
    }

    /// Asks the rate limiter, and takes its permit if nothing else is asked `after` it.
    #[doc(hidden)]
    #[inline(always)]
    fn turn(&mut self, _now: fn() -> Instant, _left: Option<Duration>, _after: bool) -> Turn {
        Turn::Pass
    }

    /// Takes a place and a permit, or neither.
    #[doc(hidden)]
    #[inline(always)]
    fn enter(&mut self, _now: fn() -> Instant, _left: Option<Duration>) -> Entry {
        Entry::Entered
    }

    /// Takes a place and a permit for a further copy of the attempt, which begins at once.
    #[doc(hidden)]
    #[inline(always)]
    fn enter_copy(&self, _now: fn() -> Instant) -> bool {
        true
    }

    /// Records what the first outcome of a stream shows: its attempt goes on, and keeps its place.
    #[cfg(feature = "stream")]
    #[doc(hidden)]
    #[inline(always)]
    fn answered(&mut self, _now: fn() -> Instant, _shown: Shown) {}

    /// Gives the places back after an attempt whose outcome shows this.
    #[doc(hidden)]
    #[inline(always)]
    fn ended(&mut self, _now: fn() -> Instant, _shown: Shown) {}
}

impl Wakeable for () {}

impl CallLimits for () {}

/// Runs or polls the body of an attempt, and tells the rate limiter what its response says of the rate.
#[inline(always)]
pub(in crate::guard) fn hearing<T>(
    limiter: Option<&RateLimiter>,
    now: fn() -> Instant,
    body: impl FnOnce() -> T,
) -> T {
    #[cfg(feature = "http")]
    if let Some(limiter) = limiter {
        let (value, posted) = crate::rate_limiter::posted::collecting(body);
        if let Some((remaining, reset)) = posted {
            limiter.observe_at(now(), remaining, reset);
        }
        return value;
    }
    let _ = (limiter, now);
    body()
}

/// The result of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The attempt may be made.
    Entered,
    /// Another call was faster: ask again.
    Again,
    /// Wait for a place for this long, and ask again.
    Wait(Duration),
    /// The bulkhead is full, and so is its line.
    Full,
}
