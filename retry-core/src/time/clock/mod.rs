//! Time: the clock that limits and callbacks are measured by.
//!
//! It is std's monotonic one; inside a tokio runtime async calls read tokio's. One platform has neither:
//! on `wasm32-unknown-unknown` std's panics, and a program gives a clock of its own with [`set`].

use core::time::Duration;

/// The whole nanoseconds of a duration; anything past 584 years counts as 584 years.
#[inline]
pub(crate) const fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        u64::MAX
    } else {
        nanos as u64
    }
}

#[cfg(all(
    feature = "std",
    any(test, all(target_family = "wasm", target_os = "unknown"))
))]
#[cfg_attr(
    not(all(target_family = "wasm", target_os = "unknown")),
    allow(dead_code, unreachable_pub)
)]
mod given;

/// A point in time: std's, or on `wasm32-unknown-unknown` one of the clock that was [set].
#[cfg(all(feature = "std", all(target_family = "wasm", target_os = "unknown")))]
pub use self::given::Instant;
#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub use std::time::Instant;

/// Gives the process its clock on `wasm32-unknown-unknown`: the time since any fixed moment, which never goes
/// back.
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
#[cfg(feature = "std")]
pub fn set(clock: fn() -> Duration) {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    given::set(clock);
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    let _ = clock;
}

/// The time of the calendar, where the platform tells it.
#[cfg(feature = "http")]
pub(crate) fn calendar() -> Option<std::time::SystemTime> {
    (!cfg!(all(target_family = "wasm", target_os = "unknown"))).then(std::time::SystemTime::now)
}

#[cfg(feature = "testing")]
pub(crate) use self::reading::landmark;
#[cfg(all(feature = "std", feature = "async"))]
#[doc(hidden)]
pub use self::reading::read_async;
#[cfg(feature = "std")]
pub(crate) use self::reading::ticks;
#[cfg(feature = "std")]
#[doc(hidden)]
pub use self::reading::{Stopwatch, read_blocking};

#[cfg(feature = "std")]
mod reading {
    use std::sync::OnceLock;
    use std::time::Duration;

    use super::Instant;
    use crate::test_hooks;

    /// Nanoseconds since some time before this process first asked: what shared parts keep in
    /// atomics. A clock that jumps back gives no less than 0.
    #[inline]
    pub(crate) fn ticks(now: Instant) -> u64 {
        super::nanos(now.saturating_duration_since(epoch()))
    }

    /// A time whose ticks are the same in every process.
    #[cfg(feature = "testing")]
    pub(crate) fn landmark() -> Instant {
        epoch() + DAY
    }

    #[inline]
    fn epoch() -> Instant {
        static EPOCH: OnceLock<Instant> = OnceLock::new();
        *EPOCH.get_or_init(early)
    }

    const DAY: Duration = Duration::from_secs(24 * 3600);

    /// Well before now, by the real clock: paused ones of several runtimes are behind it, and ahead.
    #[cold]
    fn early() -> Instant {
        let now = Instant::now();
        // Not every system can tell a time before its start.
        let before = [DAY, DAY / 24, DAY / 1440].map(|early| now.checked_sub(early));
        before.into_iter().flatten().next().unwrap_or(now)
    }

    /// The clock of blocking calls: std's, or a test's own.
    #[inline]
    pub fn read_blocking() -> Instant {
        match test_hooks::now() {
            None => Instant::now(),
            Some(now) => now,
        }
    }

    /// The clock of async calls: tokio's with the `tokio` feature, so that a paused clock drives
    /// every limit; outside a runtime, and without the feature, that of blocking calls.
    #[cfg(feature = "async")]
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

    /// When a call began, if anything in its policy will ask, and the clock that can tell.
    #[derive(Clone, Copy, Debug)]
    pub struct Stopwatch {
        started: Option<Instant>,
        now: fn() -> Instant,
    }

    impl Stopwatch {
        /// Reads the clock only if `wanted`.
        #[inline]
        pub fn start(now: fn() -> Instant, wanted: bool) -> Self {
            let started = if wanted { Some(now()) } else { None };
            Stopwatch { started, now }
        }

        /// Of a call that has not begun.
        #[inline]
        pub(crate) const fn idle() -> Self {
            Stopwatch {
                started: None,
                now: read_blocking,
            }
        }

        /// When the call began, where anybody asks.
        #[inline]
        pub(crate) fn started(&self) -> Option<Instant> {
            self.started
        }

        /// The clock that is read.
        #[inline]
        pub(crate) fn clock(&self) -> fn() -> Instant {
            self.now
        }

        /// The time since the start; zero where nobody wanted it.
        #[inline]
        pub fn elapsed(&self) -> Duration {
            match self.started {
                Some(started) => (self.now)().saturating_duration_since(started),
                None => Duration::ZERO,
            }
        }
    }
}
