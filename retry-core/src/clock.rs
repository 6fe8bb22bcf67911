//! Time: whole nanoseconds inside strategies, and the two clocks that drivers read.

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

#[cfg(feature = "testing")]
pub(crate) use self::reading::landmark;
#[cfg(all(feature = "std", feature = "async"))]
pub use self::reading::read_async;
#[cfg(feature = "std")]
pub(crate) use self::reading::ticks;
#[cfg(feature = "std")]
pub use self::reading::{Stopwatch, read_blocking};

#[cfg(feature = "std")]
mod reading {
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    use crate::overrides;

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
        match overrides::now() {
            None => Instant::now(),
            Some(now) => now,
        }
    }

    /// The clock of async calls: tokio's with the `tokio` feature, so that a paused clock drives
    /// every limit; outside a runtime, and without the feature, that of blocking calls.
    #[cfg(feature = "async")]
    #[inline]
    pub fn read_async() -> Instant {
        #[cfg(all(feature = "tokio", feature = "testing"))]
        if tokio::runtime::Handle::try_current().is_err() {
            return read_blocking();
        }
        #[cfg(feature = "tokio")]
        return tokio::time::Instant::now().into_std();
        #[cfg(not(feature = "tokio"))]
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
