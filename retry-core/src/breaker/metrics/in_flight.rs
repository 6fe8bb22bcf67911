//! The calls in flight, by their start.

use std::array;

use super::slice_divider::SliceDivider;
use crate::util::striped::Striped;
use crate::util::tagged_counter::{Layout, SLOTS, TaggedCounter, TooLate};

/// A count of the calls that have been under way for longer than the threshold, without a record of each.
///
/// Each thread counts the calls that begin on it, and subtracts those that end on it, wherever they
/// began. The slices, by the start of calls, are an eighth of the threshold. The sums over all threads are the
/// calls under way.
#[derive(Debug)]
pub(in crate::breaker) struct InFlight {
    divider: SliceDivider,
    layout: Layout,
    slices: Striped<[TaggedCounter; SLOTS]>,
    /// The counts of slices whose counter has been taken by a later one.
    late: Striped<TaggedCounter>,
}

/// The age, in slices, at which a slice is past the threshold as a whole.
const OVERDUE: u64 = 9;

/// The layout of counters without slices.
const WHENEVER: Layout = Layout::of(u64::MAX);

/// The start of a call, and the slice in which it is counted.
#[derive(Clone, Copy, Debug)]
pub(in crate::breaker) struct CallStart {
    pub(in crate::breaker) at: u64,
    slice: u64,
}

const UNCOUNTED: u64 = u64::MAX;

impl CallStart {
    /// The start of a call that is not timed.
    pub(in crate::breaker) const NEVER: Self = CallStart::uncounted(0);

    /// Returns the start of a call that is timed, but not counted.
    pub(in crate::breaker) const fn uncounted(at: u64) -> Self {
        CallStart {
            at,
            slice: UNCOUNTED,
        }
    }
}

impl InFlight {
    pub(in crate::breaker) fn new(threshold: u64) -> Self {
        InFlight {
            divider: SliceDivider::new(threshold.div_ceil(8)),
            layout: Layout::of(threshold.div_ceil(8)),
            slices: Striped::new(|| array::from_fn(|_| TaggedCounter::new())),
            late: Striped::new(TaggedCounter::new),
        }
    }

    #[inline]
    pub(in crate::breaker) fn slice(&self, now: u64) -> u64 {
        self.divider.slice(now)
    }

    /// Begins a call at `at`, in this slice.
    #[inline]
    pub(in crate::breaker) fn begin(&self, generation: u32, at: u64, slice: u64) -> CallStart {
        match self.change(generation, slice, 1) {
            Ok(()) => CallStart { at, slice },
            // The clock has jumped back; the call must not pass for a late one.
            Err(TooLate) => CallStart::uncounted(at),
        }
    }

    #[inline]
    pub(in crate::breaker) fn end(&self, generation: u32, start: CallStart) {
        let slice = start.slice;
        if slice != UNCOUNTED && self.change(generation, slice, -1).is_err() {
            self.late(generation, -1);
        }
    }

    /// Counts in the counter of a slice, unless a later slice has taken it.
    #[inline(always)]
    fn change(&self, generation: u32, slice: u64, by: i64) -> Result<(), TooLate> {
        let (counters, writer) = self.slices.mine();
        let counter = &counters[slice as usize % SLOTS];
        let tag = self.layout.tag(generation, slice);
        let driven_out = counter.add(self.layout, tag, by, writer)?;
        if driven_out != 0 {
            self.late(generation, driven_out);
        }
        Ok(())
    }

    #[cold]
    fn late(&self, generation: u32, count: i64) {
        let (counter, writer) = self.late.mine();
        // A count of an earlier epoch has no meaning any more.
        let _ = counter.add(WHENEVER, WHENEVER.tag(generation, 0), count, writer);
    }

    /// Clears the counts, before the breaker is closed.
    pub(in crate::breaker) fn clear(&self, still: &dyn Fn() -> bool) {
        let counters = self.slices.all().flatten().chain(self.late.all());
        counters.for_each(|counter| counter.clear(still));
    }

    /// Counts the calls under way past the threshold; one is counted from 1 to 1⅛ thresholds after its start.
    pub(in crate::breaker) fn overdue(&self, generation: u32, now: u64) -> u64 {
        let now = self.slice(now);
        let epoch = self.layout.tag(generation, now);
        let overdue = |(place, counter): (usize, &TaggedCounter)| {
            let (tag, count) = counter.read(self.layout);
            let age = now.saturating_sub(self.layout.slice(tag, place));
            let overdue = tag.same_stay(epoch) && age >= OVERDUE;
            if overdue { count } else { 0 }
        };
        let counters = self
            .slices
            .all()
            .flat_map(|counters| counters.iter().enumerate());
        let old: i64 = counters.map(overdue).sum();
        let late = WHENEVER.tag(generation, 0);
        let late = self.late.all().map(|counter| counter.count(WHENEVER, late));
        let sum = old + late.sum::<i64>();
        // The threads are read one after the other: an end may be seen before its beginning.
        sum.max(0) as u64
    }
}
