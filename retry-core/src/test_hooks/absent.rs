//! The answers of a build without the feature `testing`.

use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::name::CallName;

/// Returns the virtual time, if a scope has one.
#[cfg(feature = "std")]
#[inline(always)]
pub(crate) const fn now() -> Option<crate::time::instant::Instant> {
    None
}

/// Returns whether a virtual clock took the pause.
#[cfg(feature = "std")]
#[inline(always)]
pub(crate) const fn slept(_pause: Duration) -> bool {
    false
}

/// Returns a number of the seeded generator.
#[inline(always)]
pub(crate) const fn random() -> Option<u64> {
    None
}

/// Returns whether the scope allows no attempt after these.
#[inline(always)]
pub(crate) const fn is_spent(_attempts: u32) -> bool {
    false
}

/// Runs `ask` outside of every scope.
#[inline(always)]
pub(crate) fn apart<T>(ask: impl FnOnce() -> T) -> T {
    ask()
}

/// Returns whether every pause is zero.
#[inline(always)]
pub(crate) const fn skips_pauses() -> bool {
    false
}

/// Records that an attempt begins.
#[inline(always)]
pub(crate) const fn began(_name: CallName<'_>, _attempt: u32) {}

/// Records that a pause begins.
#[inline(always)]
pub(crate) const fn paused(_name: CallName<'_>, _attempt: u32, _pause: Option<Duration>) {}

/// Records that a call gives up.
#[inline(always)]
pub(crate) const fn gave_up(_name: CallName<'_>, _attempt: u32, _reason: StopReason) {}
