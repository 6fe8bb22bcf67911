//! A count of one time slice within one stay in a state, which restarts with another slice or stay.

use super::striped::Writer;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The number of counters, which is more than the slices of a window, and a power of two, by which division
/// is cheap.
pub(crate) const SLOTS: usize = 16;

/// The layout of a counter's 64 bits: the stay, the slice, and the count in the lowest bits.
///
/// In 584 years of nanoseconds there are 2⁶⁴ / width slices. The counters are used in turn, so that the
/// lowest four bits of a slice are those of its place. The other bits of the slice all fit here, so that a
/// counter untouched for long is never taken for a current one. The remaining bits can count a call for every
/// nanosecond of the slice, or every second one; a count that is full stays full. Below a millisecond a slice
/// wraps after 2⁴⁴ others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Ones at the bits of the count.
    count: u64,
    bits: u32,
}

/// The number of bits for the stay, its lowest ones.
///
/// They only need to distinguish a few stays, since all counters are cleared before the breaker closes. Only
/// a late thread leaves a count in one.
const STAY_BITS: u32 = 4;

impl Layout {
    /// Returns the layout for slices of `width` nanoseconds, at least 1.
    pub(crate) const fn of(width: u64) -> Self {
        let bits = match width.ilog2() {
            0..20 => 20,
            bits @ 20..40 => bits,
            _ => 40,
        };
        Layout {
            count: (1 << bits) - 1,
            bits,
        }
    }

    /// Returns the tag of a slice within a stay.
    #[inline]
    pub(crate) const fn tag(self, generation: u32, slice: u64) -> Tag {
        let slices = (slice / SLOTS as u64) << self.bits;
        Tag((generation as u64) << (64 - STAY_BITS) | slices & SLICE)
    }

    /// Returns the layout in which a tag holds the whole slice, at the cost of the bits of the count.
    pub(crate) const fn without_place(self) -> Self {
        let bits = self.bits - SLOTS.ilog2();
        Layout {
            count: (1 << bits) - 1,
            bits,
        }
    }

    /// Returns the tag of a slice within a stay, for a counter that has no place among others.
    pub(crate) const fn whole_tag(self, generation: u32, slice: u64) -> Tag {
        Tag((generation as u64) << (64 - STAY_BITS) | slice << self.bits & SLICE)
    }

    /// Returns the slice of a tag in the counter at `place`.
    pub(crate) const fn slice(self, tag: Tag, place: usize) -> u64 {
        ((tag.0 & SLICE) >> self.bits) * SLOTS as u64 + place as u64
    }

    #[inline]
    const fn open(self, bits: u64) -> (Tag, i64) {
        let count = ((bits << (64 - self.bits)) as i64) >> (64 - self.bits);
        (Tag(bits & !self.count), count)
    }

    #[inline]
    const fn pack(self, tag: Tag, count: i64) -> u64 {
        let most = (self.count / 2) as i64;
        let count = if count > most {
            most
        } else if count < -most {
            -most
        } else {
            count
        };
        tag.0 | count as u64 & self.count
    }
}

const SLICE: u64 = (1 << (64 - STAY_BITS)) - 1;

/// The owner of a count: all bits of a counter above the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(u64);

impl Tag {
    #[inline]
    pub(crate) const fn same_stay(self, other: Tag) -> bool {
        (self.0 ^ other.0) & !SLICE == 0
    }

    /// Returns whether the tag is of a later slice, or of one of the next stays.
    #[inline]
    const fn is_after(self, other: Tag) -> bool {
        if self.same_stay(other) {
            return self.0 > other.0;
        }
        let ahead = (self.0 >> (64 - STAY_BITS)).wrapping_sub(other.0 >> (64 - STAY_BITS));
        ahead & ((1 << STAY_BITS) - 1) <= 4
    }
}

/// A count with its tag.
///
/// All accesses are relaxed: a counter says nothing about any other memory, and each change of one is a
/// single step. A thread that must see the changes of other threads puts a fence between its own change and
/// its reading.
#[derive(Debug)]
pub(crate) struct TaggedCounter(AtomicU64);

/// The error of a counter that already belongs to a later slice or stay.
#[derive(Debug)]
pub(crate) struct TooLate;

impl TaggedCounter {
    pub(crate) fn new() -> Self {
        TaggedCounter(AtomicU64::new(0))
    }

    /// Returns the number of a counter that has no tag.
    #[inline]
    pub(crate) fn untagged(&self) -> &AtomicU64 {
        &self.0
    }

    /// Sets the count and its tag.
    pub(crate) fn set(&self, layout: Layout, tag: Tag, count: i64) {
        self.0.store(layout.pack(tag, count), Ordering::Relaxed);
    }

    /// Adds to the count of `tag`, and returns the count of an earlier slice that it replaces.
    #[inline]
    pub(crate) fn add(
        &self,
        layout: Layout,
        tag: Tag,
        change: i64,
        writer: Writer,
    ) -> Result<i64, TooLate> {
        let seen = self.0.load(Ordering::Relaxed);
        // Nearly always: the tag stays, and the count is neither below zero nor full.
        let count = (seen & layout.count).wrapping_add_signed(change);
        if writer == Writer::Only && seen & !layout.count == tag.0 && count <= layout.count / 2 {
            self.0.store(tag.0 | count, Ordering::Relaxed);
            return Ok(0);
        }
        self.exchange(seen, layout, tag, change, writer)
    }

    #[inline(never)]
    fn exchange(
        &self,
        mut seen: u64,
        layout: Layout,
        tag: Tag,
        change: i64,
        writer: Writer,
    ) -> Result<i64, TooLate> {
        loop {
            let (held, count) = layout.open(seen);
            let (kept, driven_out) = if held == tag {
                (count, 0)
            } else if count != 0 && held.is_after(tag) {
                return Err(TooLate);
            } else {
                // The rest of an earlier stay, left by a late thread, is discarded.
                (0, if held.same_stay(tag) { count } else { 0 })
            };
            match self.write(seen, layout.pack(tag, kept + change), writer) {
                Ok(()) => return Ok(driven_out),
                Err(other) => seen = other,
            }
        }
    }

    #[inline]
    fn write(&self, seen: u64, next: u64, writer: Writer) -> Result<(), u64> {
        let order = Ordering::Relaxed;
        match writer {
            Writer::Only => {
                self.0.store(next, order);
                Ok(())
            }
            Writer::OneOfMany => {
                let exchange = self.0.compare_exchange_weak(seen, next, order, order);
                exchange.map(drop)
            }
        }
    }

    /// Returns the tag and its count.
    #[inline]
    pub(crate) fn read(&self, layout: Layout) -> (Tag, i64) {
        layout.open(self.0.load(Ordering::Relaxed))
    }

    /// Returns the count of `tag`.
    #[inline]
    pub(crate) fn count(&self, layout: Layout, tag: Tag) -> i64 {
        match self.read(layout) {
            (held, count) if held == tag => count,
            _ => 0,
        }
    }

    /// Clears the counter, if its value was present while `still` was true.
    pub(crate) fn clear(&self, still: &dyn Fn() -> bool) {
        let order = Ordering::Relaxed;
        let mut seen = self.0.load(order);
        while seen != 0 && still() {
            match self.0.compare_exchange(seen, 0, order, order) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_told_from_every_other_in_584_years() {
        for width in [1 << 20, 12_500_000, 100_000_000, 1_000_000_000, 1 << 45] {
            let layout = Layout::of(width);
            let last = u64::MAX / width;
            for slice in [0, 1, 15, 16, 1 << 10, 1 << 18, last / 2, last] {
                let slice = slice.min(last);
                let place = slice as usize % SLOTS;
                for generation in [0, 7, 15] {
                    let tag = layout.tag(generation, slice);
                    assert_eq!(layout.slice(tag, place), slice, "{width}");
                    for count in [0, 1, -1, 1 << 18, -(1 << 18)] {
                        assert_eq!(layout.open(layout.pack(tag, count)), (tag, count));
                    }
                }
            }
            let whole = layout.without_place();
            for slice in [0, 1, last / 2, last] {
                let tag = whole.whole_tag(3, slice);
                assert_eq!(whole.open(whole.pack(tag, 9)), (tag, 9));
                assert_eq!((tag.0 & SLICE) >> whole.bits, slice, "{width}");
            }
            let full = layout.pack(layout.tag(3, 5), i64::MAX);
            assert!(layout.open(full).1 >= (1 << 19) - 1);
        }
    }

    #[test]
    fn the_later_one_stays() {
        let layout = Layout::of(1 << 30);
        let counter = TaggedCounter::new();
        let add = |generation, slice| {
            let tag = layout.tag(generation, slice);
            counter.add(layout, tag, 1, Writer::OneOfMany).ok()
        };
        assert_eq!(add(1, 16), Some(0));
        assert_eq!(add(1, 16), Some(0));
        assert_eq!(add(1, 32), Some(2));
        assert_eq!(add(1, 16), None);
        assert_eq!(add(2, 16), Some(0));
        assert_eq!(add(1, 64), None);
        // Stays wrap.
        assert_eq!(add(9, 16), Some(0));
        assert_eq!(add(15, 16), Some(0));
        assert_eq!(add(16, 16), Some(0));
        assert_eq!(add(15, 32), None);
    }
}
