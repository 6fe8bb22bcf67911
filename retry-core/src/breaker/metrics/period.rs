//! The failures in a period, whatever the number of calls.

use super::rings::Ring;
use super::slices::Slices;
use crate::breaker::cached_clock::CachedClock;
use crate::breaker::settings::period::PeriodSettings;
use crate::util::striped::Writer;
use crate::util::sync::atomic::{Ordering, fence};

/// The number of failures that opens a breaker, and the time window that counts them.
#[derive(Debug)]
pub(in crate::breaker) struct Period {
    failures: u64,
    slices: Slices,
    bad: Ring,
}

impl Period {
    pub(in crate::breaker) fn new(settings: PeriodSettings) -> Self {
        Period {
            failures: settings.failures.into(),
            slices: Slices::of(settings.nanos),
            bad: Ring::new(),
        }
    }

    /// Counts a failure; returns whether it was one too many.
    pub(super) fn failed(&self, generation: u32, clock: &CachedClock) -> bool {
        let (ring, now) = (&self.bad, clock.now());
        self.slices.add(ring, generation, now, 1, Writer::OneOfMany);
        // As in `Threshold::bad`: of two concurrent failures the later one sees both.
        fence(Ordering::SeqCst);
        self.count(generation, clock) >= self.failures
    }

    /// Counts failures of another process as if they happened now, fewer than open the breaker.
    pub(super) fn restore(&self, generation: u32, saved: u64, clock: &CachedClock) {
        let (ring, now) = (&self.bad, clock.now());
        let failures = saved.min(self.failures - 1) as i64;
        self.slices
            .add(ring, generation, now, failures, Writer::OneOfMany);
    }

    /// Returns the failures in the period.
    pub(super) fn count(&self, generation: u32, clock: &CachedClock) -> u64 {
        let last = self.slices.divider.slice(clock.now());
        self.slices.sum(&self.bad, generation, last)
    }

    /// Clears the counts, before the breaker is closed.
    pub(super) fn clear(&self, still: &dyn Fn() -> bool) {
        self.bad.0.iter().for_each(|counter| counter.clear(still));
    }
}
