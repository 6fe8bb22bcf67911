//! The totals of a limiter.

use std::time::Duration;

use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;
use crate::util::tally::Tally;

/// The totals of a limiter since it was made: each exact, read one after the other.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::RateLimiter;
/// use persevere::rate_limiter::MINUTE;
///
/// let limiter = RateLimiter::new("github").rate(1, MINUTE);
/// let _ = (limiter.try_acquire(), limiter.try_acquire());
/// let counts = limiter.counts();
/// assert_eq!((counts.taken, counts.refused, counts.waited), (1, 1, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Permits that were taken.
    pub taken: u64,
    /// Calls that were refused, at once or after a wait.
    pub refused: u64,
    /// Permits that were taken after a wait.
    pub waited: u64,
    /// The sum of these waits.
    pub waiting_time: Duration,
}

#[derive(Debug)]
pub(super) struct Counters {
    taken: Tally<1>,
    refused: Tally<1>,
    // Relaxed, both, as all totals: nothing is decided by them.
    waited: AtomicU64,
    waiting_nanos: AtomicU64,
}

impl Counters {
    pub(super) const fn new() -> Self {
        Counters {
            taken: Tally::new(),
            refused: Tally::new(),
            waited: AtomicU64::new(0),
            waiting_nanos: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(super) fn took(&self) {
        self.taken.count([0]);
    }

    pub(super) fn waited(&self, nanos: u64) {
        self.waited.fetch_add(1, Ordering::Relaxed);
        self.waiting_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.count([0]);
    }

    pub(super) fn read(&self) -> Counts {
        Counts {
            taken: self.taken.get(0),
            refused: self.refused.get(0),
            waited: self.waited.load(Ordering::Relaxed),
            waiting_time: Duration::from_nanos(self.waiting_nanos.load(Ordering::Relaxed)),
        }
    }
}
