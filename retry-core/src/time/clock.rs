//! The clock of limits and callbacks.
//!
//! It is std's monotonic one; inside a tokio runtime async calls read tokio's. One platform has neither: on
//! `wasm32-unknown-unknown` std's panics, and a program sets a clock of its own with [`set`].

use std::time::Duration;

pub use super::instant::Instant;
use crate::test_hooks;

/// Sets the clock of the process on `wasm32-unknown-unknown`: the time since any fixed moment, which never
/// goes back.
///
/// Call it once, before the first call that has a limit of time, a breaker or a callback; later calls change
/// nothing. On every other platform it does nothing, since std has a clock there.
///
/// In a browser the time is `performance.now()`, here without the binding:
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::clock;
/// use std::time::Duration;
///
/// fn since_the_page_was_opened() -> Duration {
///     # fn performance_now() -> f64 { 1.5 }
///     Duration::from_secs_f64(performance_now() / 1000.0)
/// }
///
/// clock::set(since_the_page_was_opened);
/// ```
pub fn set(clock: fn() -> Duration) {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    super::instant::given::set(clock);
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    let _ = clock;
}

/// Reads the calendar time, if the platform has one.
#[cfg(feature = "http")]
pub(crate) fn calendar() -> Option<std::time::SystemTime> {
    if cfg!(all(target_family = "wasm", target_os = "unknown")) {
        None
    } else {
        Some(std::time::SystemTime::now())
    }
}

/// Reads the clock of blocking calls: std's, or a test's own.
#[doc(hidden)]
#[inline]
pub fn read_blocking() -> Instant {
    match test_hooks::now() {
        None => Instant::now(),
        Some(now) => now,
    }
}

/// Reads the clock of async calls: tokio's with the `tokio` feature, so that a paused clock drives
/// every limit; outside a runtime, and without the feature, that of blocking calls.
#[cfg(feature = "async")]
#[doc(hidden)]
#[inline]
pub fn read_async() -> Instant {
    #[cfg(all(
        feature = "tokio",
        feature = "testing",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    if tokio::runtime::Handle::try_current().is_err() {
        return read_blocking();
    }
    #[cfg(all(
        feature = "tokio",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    return tokio::time::Instant::now().into_std();
    #[cfg(any(
        not(feature = "tokio"),
        all(target_family = "wasm", target_os = "unknown")
    ))]
    return read_blocking();
}

/// Reads the clock of what may be part of a call of either kind.
#[cfg(feature = "async")]
pub(crate) use self::read_async as read;
#[cfg(not(feature = "async"))]
pub(crate) use self::read_blocking as read;
