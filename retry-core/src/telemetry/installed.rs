//! The reports that are wanted of every call of the process.

use core::sync::atomic::{AtomicU8, Ordering};

/// The reports, each a bit; none before `install` and the first hook.
///
/// Relaxed: a report that comes a moment late is as good, and no other memory depends on it.
static WANTED: AtomicU8 = AtomicU8::new(0);

/// Lines and counts of retries and give-ups.
pub(super) const INSTALLED: u8 = 1;
/// Counts of successes and final failures.
pub(super) const ENDS: u8 = 1 << 1;
/// The types of errors in lines.
pub(super) const ERRORS: u8 = 1 << 2;
/// The states and changes of shared parts.
#[cfg(feature = "std")]
pub(super) const PARTS: u8 = 1 << 3;
/// Events for the hooks of the program.
#[cfg(feature = "events")]
pub(super) const HOOKS: u8 = 1 << 4;

/// Sets or clears one report.
pub(super) fn want(report: u8, on: bool) {
    if on {
        WANTED.fetch_or(report, Ordering::Relaxed);
    } else {
        WANTED.fetch_and(!report, Ordering::Relaxed);
    }
}

/// Returns the reports that are wanted.
#[inline(always)]
pub(super) fn wanted() -> u8 {
    WANTED.load(Ordering::Relaxed)
}

/// Returns whether every call of the process is reported.
#[cfg(any(feature = "metrics", feature = "redis-fleet", feature = "config"))]
#[inline]
pub(super) fn is_installed() -> bool {
    wanted() & INSTALLED != 0
}

/// Returns whether successes and final failures of every call are counted.
#[cfg(feature = "metrics")]
pub(super) fn counts_ends() -> bool {
    let both = INSTALLED | ENDS;
    wanted() & both == both
}
