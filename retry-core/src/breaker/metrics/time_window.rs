//! A window of the calls in a span of time, in ten slices.

use super::rings::{Place, Ring, Rings, ThreadRings};
use super::slices::Slices;
use super::window_counts::WindowCounts;
use crate::time::clock::Instant;
use crate::time::ticks::{ticks, ticks_to_the_millisecond};
use crate::util::striped::Writer;
use crate::util::tagged_counter::TaggedCounter;

/// A time window: busy threads count good calls in rings of their own; bad calls are counted together.
#[derive(Debug)]
pub(in crate::breaker) struct TimeWindow {
    slices: Slices,
    place: Place,
    bad: Ring,
    /// The good calls that a bad one has found in the window, in the same slice: since then they can only have
    /// become more.
    found: TaggedCounter,
}

/// The most calls that every slice can count, however narrow.
const MOST_RESTORED: u64 = (1 << 19) - 1;

impl TimeWindow {
    pub(in crate::breaker) fn new(nanos: u64, place: Place) -> Self {
        TimeWindow {
            slices: Slices::of(nanos),
            place,
            bad: Ring::new(),
            found: TaggedCounter::new(),
        }
    }

    #[inline]
    pub(in crate::breaker) fn good(&self, rings: ThreadRings<'_>, generation: u32, now: u64) {
        let ring = rings.ring(self.place);
        self.slices.add(ring, generation, now, 1, rings.writer);
    }

    /// Counts a good call that ends now.
    #[inline(never)]
    pub(in crate::breaker) fn good_now(
        &self,
        rings: &Rings,
        generation: u32,
        clock: fn() -> Instant,
    ) {
        let now = match self.slices.divider.is_of_milliseconds() {
            true => ticks_to_the_millisecond(clock()),
            false => ticks(clock()),
        };
        rings.with_mine(|rings| self.good(rings, generation, now));
    }

    pub(in crate::breaker) fn bad(&self, generation: u32, now: u64) {
        self.slices
            .add(&self.bad, generation, now, 1, Writer::OneOfMany);
    }

    /// Counts calls as if they ended now: no more than the counter of any slice holds, at the same rate.
    pub(in crate::breaker) fn restore(
        &self,
        rings: ThreadRings<'_>,
        generation: u32,
        now: u64,
        WindowCounts { calls, bad }: WindowCounts,
    ) {
        let counted = calls.min(MOST_RESTORED);
        let bad = bad * counted / calls.max(1);
        let good = (rings.ring(self.place), counted - bad, rings.writer);
        for (ring, calls, writer) in [good, (&self.bad, bad, Writer::OneOfMany)] {
            self.slices.add(ring, generation, now, calls as i64, writer);
        }
    }

    /// Clears the counts, before the breaker is closed.
    pub(in crate::breaker) fn clear(&self, rings: &Rings, still: &dyn Fn() -> bool) {
        let counters = rings.all(self.place).chain([&self.bad]);
        let counters = counters.flat_map(|ring| &ring.0).chain([&self.found]);
        counters.for_each(|counter| counter.clear(still));
    }

    /// Returns the counts of the window.
    pub(in crate::breaker) fn counts(
        &self,
        rings: &Rings,
        generation: u32,
        now: u64,
    ) -> WindowCounts {
        let last = self.slices.divider.slice(now);
        let good = rings.all(self.place);
        let good: u64 = good
            .map(|ring| self.slices.sum(ring, generation, last))
            .sum();
        let found = self.slices.layout.without_place();
        let tag = found.whole_tag(generation, last);
        self.found.set(found, tag, good.min(i64::MAX as u64) as i64);
        WindowCounts::of(good, self.slices.sum(&self.bad, generation, last))
    }

    /// Returns the counts of the window with the good calls that were last found there, without a look at
    /// those of other threads.
    pub(in crate::breaker) fn counts_at_least(&self, generation: u32, now: u64) -> WindowCounts {
        let last = self.slices.divider.slice(now);
        let found = self.slices.layout.without_place();
        let good = self.found.count(found, found.whole_tag(generation, last));
        WindowCounts::of(
            good.unsigned_abs(),
            self.slices.sum(&self.bad, generation, last),
        )
    }
}
