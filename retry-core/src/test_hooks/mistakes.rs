//! Mistakes in tests that a record shows only by omission: attempts outside of it, and pauses in real time.

use core::sync::atomic::Ordering;
use std::time::Duration;

use crate::util::sync::AtomicU64;

/// The attempts of this process that ran in no scope. Relaxed: it is a count, and no other memory depends on it.
static OUTSIDE: AtomicU64 = AtomicU64::new(0);

/// Counts an attempt that runs in no scope.
pub(super) fn count_outside() {
    OUTSIDE.fetch_add(1, Ordering::Relaxed);
}

/// Returns the number of attempts so far that ran in no scope.
pub(crate) fn outside() -> u64 {
    OUTSIDE.load(Ordering::Relaxed)
}

/// Returns whether an async call here would sleep the pause in real time: in a tokio runtime whose clock is
/// not paused.
#[cfg(feature = "tokio")]
pub(super) fn is_slept_in_real_time(pause: Duration) -> bool {
    if pause.is_zero() || tokio::runtime::Handle::try_current().is_err() {
        return false;
    }
    // A paused clock stands still, however long it is observed.
    let (real, virtual_time) = (std::time::Instant::now(), tokio::time::Instant::now());
    while real.elapsed() < Duration::from_micros(2) {}
    tokio::time::Instant::now() != virtual_time
}

/// Returns `false`, since without tokio no clock can be paused.
#[cfg(not(feature = "tokio"))]
pub(super) fn is_slept_in_real_time(_: Duration) -> bool {
    false
}
