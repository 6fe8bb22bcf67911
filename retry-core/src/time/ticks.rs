//! Durations and times as whole nanoseconds, which atomics can hold.

use core::time::Duration;

/// Returns the whole nanoseconds of a duration; anything past 584 years counts as 584 years.
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
pub(crate) use self::epoch::landmark;
#[cfg(feature = "std")]
pub(crate) use self::epoch::ticks;

#[cfg(feature = "std")]
mod epoch {
    use std::sync::OnceLock;
    use std::time::Duration;

    use crate::time::instant::Instant;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    /// Returns the nanoseconds since an epoch before the first call in this process, and 0 for a clock that
    /// jumped back further.
    #[inline]
    pub(crate) fn ticks(now: Instant) -> u64 {
        super::nanos(now.saturating_duration_since(epoch()))
    }

    /// Returns a time whose ticks are the same in every process.
    #[cfg(feature = "testing")]
    pub(crate) fn landmark() -> Instant {
        epoch() + DAY
    }

    #[inline]
    fn epoch() -> Instant {
        static EPOCH: OnceLock<Instant> = OnceLock::new();
        *EPOCH.get_or_init(early)
    }

    /// Returns a time well before now, by the real clock: paused clocks of several runtimes are behind it,
    /// and ahead.
    #[cold]
    fn early() -> Instant {
        let now = Instant::now();
        // Not every system can represent a time before its start.
        let before = [DAY, DAY / 24, DAY / 1440].map(|early| now.checked_sub(early));
        before.into_iter().flatten().next().unwrap_or(now)
    }
}
