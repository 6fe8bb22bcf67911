//! The slices of a span of time, which the rings of counters share.

use super::rings::Ring;
use super::slice_divider::SliceDivider;
use crate::breaker::settings::window::SLICES;
use crate::util::striped::Writer;
use crate::util::tagged_counter::Layout;

/// The division of time into tenths of a span, of which a ring counts the last ten.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slices {
    pub(super) divider: SliceDivider,
    pub(super) layout: Layout,
}

impl Slices {
    /// Creates the slices of a span of nanoseconds.
    pub(super) fn of(nanos: u64) -> Self {
        Slices {
            divider: SliceDivider::new(nanos / SLICES),
            layout: Layout::of(nanos / SLICES),
        }
    }

    /// Counts calls that end now.
    #[inline(always)]
    pub(super) fn add(&self, ring: &Ring, generation: u32, now: u64, calls: i64, writer: Writer) {
        let slice = self.divider.slice(now);
        let tag = self.layout.tag(generation, slice);
        // A call whose slice has left the window does not count any more.
        let _ = ring.at(slice).add(self.layout, tag, calls, writer);
    }

    /// Returns the count of the slices up to the `last`.
    pub(super) fn sum(&self, ring: &Ring, generation: u32, last: u64) -> u64 {
        let first = (last + 1).saturating_sub(SLICES);
        let layout = self.layout;
        let counts = (first..=last).map(|slice| {
            let tag = layout.tag(generation, slice);
            ring.at(slice).count(layout, tag).unsigned_abs()
        });
        counts.sum()
    }
}
