//! The calls in flight, by their start.

use super::rings::{Place, Rings, ThreadRings};
use super::slice_divider::SliceDivider;
use crate::util::striped::Writer;
use crate::util::tagged_counter::{Layout, TaggedCounter, TooLate};

/// A count of the calls that have been under way for longer than the threshold, without a record of each.
///
/// Each busy thread counts the calls that begin on it, and subtracts those that end on it, wherever they
/// began. The slices, by the start of calls, are an eighth of the threshold. The sums over all threads are the
/// calls under way.
#[derive(Debug)]
pub(in crate::breaker) struct InFlight {
    divider: SliceDivider,
    layout: Layout,
    place: Place,
    /// The counts of slices whose counter has been taken by a later one: at most one a slice and thread.
    late: TaggedCounter,
}

/// The age, in slices, at which a slice is past the threshold as a whole.
const OVERDUE: u64 = 9;

/// The layout of counters without slices.
const WHENEVER: Layout = Layout::of(u64::MAX);

/// The start of a call in ticks, with a mark if the call is not counted.
///
/// It is one number, so that the permit of a call stays in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::breaker) struct CallStart(u64);

/// The mark, above the ticks of 292 years.
const UNCOUNTED: u64 = 1 << 63;

impl CallStart {
    /// The latest start that can be counted.
    pub(in crate::breaker) const LATEST: u64 = UNCOUNTED - 1;

    /// The start of a call that is not timed.
    pub(in crate::breaker) const NEVER: Self = CallStart(u64::MAX);

    /// Returns the start of a call that is timed, but not counted.
    pub(in crate::breaker) const fn uncounted(at: u64) -> Self {
        CallStart(at | UNCOUNTED)
    }

    /// Returns the start of a call that is timed.
    pub(in crate::breaker) const fn at(self) -> Option<u64> {
        match self {
            CallStart::NEVER => None,
            CallStart(at) => Some(at & !UNCOUNTED),
        }
    }
}

impl InFlight {
    pub(in crate::breaker) fn new(threshold: u64, place: Place) -> Self {
        InFlight {
            divider: SliceDivider::new(threshold.div_ceil(8)),
            layout: Layout::of(threshold.div_ceil(8)),
            place,
            late: TaggedCounter::new(),
        }
    }

    #[inline]
    pub(in crate::breaker) fn slice(&self, now: u64) -> u64 {
        self.divider.slice(now)
    }

    /// Begins a call at `at`, in this slice.
    #[inline]
    pub(in crate::breaker) fn begin(
        &self,
        rings: ThreadRings<'_>,
        generation: u32,
        at: u64,
        slice: u64,
    ) -> CallStart {
        match self.change(rings, generation, slice, 1) {
            Ok(()) => CallStart(at),
            // The clock has jumped back; the call must not pass for a late one.
            Err(TooLate) => CallStart::uncounted(at),
        }
    }

    #[inline(always)]
    pub(in crate::breaker) fn end(
        &self,
        rings: ThreadRings<'_>,
        generation: u32,
        start: CallStart,
    ) {
        let CallStart(at) = start;
        if at < UNCOUNTED && self.change(rings, generation, self.slice(at), -1).is_err() {
            self.late(generation, -1);
        }
    }

    /// Counts in the counter of a slice, unless a later slice has taken it.
    #[inline(always)]
    fn change(
        &self,
        rings: ThreadRings<'_>,
        generation: u32,
        slice: u64,
        by: i64,
    ) -> Result<(), TooLate> {
        let counter = rings.ring(self.place).at(slice);
        let tag = self.layout.tag(generation, slice);
        let driven_out = counter.add(self.layout, tag, by, rings.writer)?;
        if driven_out != 0 {
            self.late(generation, driven_out);
        }
        Ok(())
    }

    #[cold]
    fn late(&self, generation: u32, count: i64) {
        let tag = WHENEVER.tag(generation, 0);
        // A count of an earlier epoch has no meaning any more.
        let _ = self.late.add(WHENEVER, tag, count, Writer::OneOfMany);
    }

    /// Clears the counts, before the breaker is closed.
    pub(in crate::breaker) fn clear(&self, rings: &Rings, still: &dyn Fn() -> bool) {
        let counters = rings.all(self.place).flat_map(|ring| &ring.0);
        let counters = counters.chain([&self.late]);
        counters.for_each(|counter| counter.clear(still));
    }

    /// Counts the calls under way past the threshold; one is counted from 1 to 1⅛ thresholds after its start.
    pub(in crate::breaker) fn overdue(&self, rings: &Rings, generation: u32, now: u64) -> u64 {
        let now = self.slice(now);
        let (layout, epoch) = (self.layout, self.layout.tag(generation, now));
        let overdue = |(place, counter): (usize, &TaggedCounter)| {
            let (tag, count) = counter.read(layout);
            let age = now.saturating_sub(layout.slice(tag, place));
            let overdue = tag.same_stay(epoch) && age >= OVERDUE;
            if overdue { count } else { 0 }
        };
        let rings = rings.all(self.place);
        let counters = rings.flat_map(|ring| ring.0.iter().enumerate());
        let old: i64 = counters.map(overdue).sum();
        let sum = old + self.late.count(WHENEVER, WHENEVER.tag(generation, 0));
        // The threads are read one after the other: an end may be seen before its beginning.
        sum.max(0) as u64
    }
}
