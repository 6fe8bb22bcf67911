//! A window of the calls in a span of time, in ten slices.

use std::array;

use super::slice_divider::SliceDivider;
use super::window_counts::WindowCounts;
use crate::breaker::settings::window::SLICES;
use crate::util::striped::{Striped, Writer};
use crate::util::tagged_counter::{Layout, SLOTS, TaggedCounter};

/// A time window: each thread counts good calls in a cache line of its own; bad calls are counted together.
#[derive(Debug)]
pub(in crate::breaker) struct TimeWindow {
    divider: SliceDivider,
    layout: Layout,
    good: Striped<[TaggedCounter; SLOTS]>,
    bad: [TaggedCounter; SLOTS],
}

impl TimeWindow {
    pub(in crate::breaker) fn new(nanos: u64) -> Self {
        let counters = || array::from_fn(|_| TaggedCounter::new());
        TimeWindow {
            divider: SliceDivider::new(nanos / SLICES),
            layout: Layout::of(nanos / SLICES),
            good: Striped::new(counters),
            bad: counters(),
        }
    }

    #[inline]
    pub(in crate::breaker) fn good(&self, generation: u32, now: u64) {
        let (counters, writer) = self.good.mine();
        self.add(counters, generation, now, writer);
    }

    pub(in crate::breaker) fn bad(&self, generation: u32, now: u64) {
        self.add(&self.bad, generation, now, Writer::OneOfMany);
    }

    #[inline]
    fn add(&self, counters: &[TaggedCounter; SLOTS], generation: u32, now: u64, writer: Writer) {
        let slice = self.divider.slice(now);
        let counter = &counters[slice as usize % SLOTS];
        let tag = self.layout.tag(generation, slice);
        // A call whose slice has left the window does not count any more.
        let _ = counter.add(self.layout, tag, 1, writer);
    }

    /// Clears the counts, before the breaker is closed.
    pub(in crate::breaker) fn clear(&self, still: &dyn Fn() -> bool) {
        let counters = self.good.all().flatten().chain(&self.bad);
        counters.for_each(|counter| counter.clear(still));
    }

    /// Returns the counts of the window.
    pub(in crate::breaker) fn counts(&self, generation: u32, now: u64) -> WindowCounts {
        let last = self.divider.slice(now);
        let first = (last + 1).saturating_sub(SLICES);
        let sum = |counters: &[TaggedCounter; SLOTS]| {
            let counts = (first..=last).map(|slice| {
                let counter = &counters[slice as usize % SLOTS];
                let tag = self.layout.tag(generation, slice);
                counter.count(self.layout, tag).unsigned_abs()
            });
            counts.sum::<u64>()
        };
        let bad = sum(&self.bad);
        let good: u64 = self.good.all().map(sum).sum();
        WindowCounts {
            calls: good + bad,
            bad,
        }
    }
}
