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
pub(crate) use self::epoch::{MILLISECOND, ticks, ticks_to_the_millisecond};

#[cfg(feature = "std")]
mod epoch {
    use std::cell::Cell;
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

    /// A millisecond, in ticks.
    pub(crate) const MILLISECOND: u64 = 1_000_000;

    /// A millisecond: its start, its end, and the ticks of its start.
    type Millisecond = (Instant, Instant, u64);

    thread_local! {
        static CURRENT: Cell<Option<Millisecond>> = const { Cell::new(None) };
    }

    /// Returns the [`ticks`] of the last whole millisecond. They are computed once in each millisecond, since a
    /// subtraction of two times is a call into the standard library, and a comparison is none.
    #[inline]
    pub(crate) fn ticks_to_the_millisecond(now: Instant) -> u64 {
        match CURRENT.get() {
            Some((start, end, ticks)) if start <= now && now < end => ticks,
            _ => next_millisecond(now),
        }
    }

    #[inline(never)]
    fn next_millisecond(now: Instant) -> u64 {
        let at = ticks(now);
        let since = at % MILLISECOND;
        let start = now.checked_sub(Duration::from_nanos(since));
        let end = now.checked_add(Duration::from_nanos(MILLISECOND - since));
        // Before the epoch all ticks are 0.
        let current = start.zip(end).filter(|_| at > 0);
        CURRENT.set(current.map(|(start, end)| (start, end, at - since)));
        at - since
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

    #[cfg(all(test, not(persevere_loom)))]
    mod tests {
        use super::*;

        #[test]
        fn a_millisecond_is_that_of_the_ticks_whatever_was_asked_before() {
            let now = Instant::now();
            let nanos = [0, 1, 999_999, 1_000_000, 1_000_001, 2_500_000, 40];
            for from in nanos.into_iter().chain((0..3_000_000).step_by(99_991)) {
                for to in nanos {
                    for at in [from, to].map(|nanos| now + Duration::from_nanos(nanos)) {
                        let whole = ticks(at) / MILLISECOND * MILLISECOND;
                        assert_eq!(ticks_to_the_millisecond(at), whole);
                    }
                }
            }
        }

        #[test]
        fn a_time_before_the_epoch_is_no_millisecond() {
            let Some(early) = epoch().checked_sub(Duration::from_secs(1)) else {
                return;
            };
            assert_eq!(ticks_to_the_millisecond(early), 0);
            let late = epoch() + Duration::from_millis(7);
            assert_eq!(ticks_to_the_millisecond(late), 7 * MILLISECOND);
            assert_eq!(ticks_to_the_millisecond(early), 0);
        }
    }
}
