//! Mistakes in tests that a record shows only by what it lacks: attempts outside of it, and pauses in real time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The attempts of this process that ran in no scope.
static OUTSIDE: Mutex<Outside> = Mutex::new(Outside {
    attempts: 0,
    last: String::new(),
});

#[derive(Clone, Debug, Default)]
pub(crate) struct Outside {
    pub(crate) attempts: u64,
    /// The name of the call that made the last of them.
    pub(crate) last: String,
}

/// Counts an attempt that runs in no scope.
pub(super) fn count_outside(name: &str) {
    let mut outside = OUTSIDE.lock().unwrap_or_else(PoisonError::into_inner);
    outside.attempts += 1;
    outside.last.clear();
    outside.last.push_str(name);
}

/// The attempts so far that ran in no scope.
pub(crate) fn outside() -> Outside {
    OUTSIDE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Whether an async call here would sleep the pause in real time: in a tokio runtime whose clock is not paused.
#[cfg(feature = "tokio")]
pub(super) fn is_slept_in_real_time(pause: Duration) -> bool {
    if pause.is_zero() || tokio::runtime::Handle::try_current().is_err() {
        return false;
    }
    // A paused clock stands still, however long one looks at it.
    let (real, virtual_time) = (std::time::Instant::now(), tokio::time::Instant::now());
    while real.elapsed() < Duration::from_micros(2) {}
    tokio::time::Instant::now() != virtual_time
}

/// Without tokio no clock can be paused.
#[cfg(not(feature = "tokio"))]
pub(super) fn is_slept_in_real_time(_: Duration) -> bool {
    false
}
