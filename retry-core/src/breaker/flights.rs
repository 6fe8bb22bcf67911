//! The calls under way, by when they began.

use std::array;

use super::cell::{Cell, Tag};
use super::slicing::Slicing;
use super::stripe::Striped;

/// Knows how many calls are under way for longer than the threshold, and not which. Each thread counts
/// those that begin, and takes off those that end, wherever they began, in slices of an eighth of the
/// threshold; the sums over all threads are what is under way.
#[derive(Debug)]
pub(super) struct Flights {
    slicing: Slicing,
    slices: Striped<[Cell; CELLS]>,
    /// Of slices whose cell has been taken by a later one.
    late: Striped<Cell>,
}

/// A slice this old is past the threshold as a whole.
const OVERDUE: i32 = 9;
const CELLS: usize = 16;

/// When a call began, and the slice in which it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Departure {
    pub(super) at: u64,
    slice: u64,
}

const UNCOUNTED: u64 = u64::MAX;

impl Departure {
    /// Of a call that is not timed.
    pub(super) const NEVER: Self = Departure::uncounted(0);

    /// Of a call that is timed, but not counted.
    pub(super) const fn uncounted(at: u64) -> Self {
        Departure {
            at,
            slice: UNCOUNTED,
        }
    }
}

impl Flights {
    pub(super) fn new(threshold: u64) -> Self {
        Flights {
            slicing: Slicing::new(threshold.div_ceil(8)),
            slices: Striped::new(|| array::from_fn(|_| Cell::new())),
            late: Striped::new(Cell::new),
        }
    }

    #[inline]
    pub(super) fn slice(&self, now: u64) -> u64 {
        self.slicing.slice(now)
    }

    /// A call begins at `at`, in this slice.
    #[inline]
    pub(super) fn begin(&self, generation: u32, at: u64, slice: u64) -> Departure {
        if self.change(generation, slice, 1) {
            Departure { at, slice }
        } else {
            // The clock has jumped back; the call must not pass for a late one.
            Departure::uncounted(at)
        }
    }

    #[inline]
    pub(super) fn end(&self, generation: u32, departure: Departure) {
        let slice = departure.slice;
        if slice != UNCOUNTED && !self.change(generation, slice, -1) {
            self.late(generation, -1);
        }
    }

    /// Counts in the cell of a slice, unless a later slice has taken it.
    #[inline(always)]
    fn change(&self, generation: u32, slice: u64, by: i32) -> bool {
        let (cells, writer) = self.slices.mine();
        let cell = &cells[slice as usize % CELLS];
        let tag = Tag::new(generation, slice);
        let (held, count) = cell.read();
        if count != 0 && held.same_generation(tag) && held.age(tag) < 0 {
            return false;
        }
        if let Some((held, count)) = cell.add(tag, by, writer) {
            if count != 0 && held.same_generation(tag) {
                self.late(generation, count);
            }
        }
        true
    }

    #[cold]
    fn late(&self, generation: u32, count: i32) {
        let (cell, writer) = self.late.mine();
        cell.add(Tag::new(generation, 0), count, writer);
    }

    /// How many are under way past the threshold: one of them is found out after 1 to 1⅛ of it.
    pub(super) fn overdue(&self, generation: u32, now: u64) -> u64 {
        let now = Tag::new(generation, self.slice(now));
        let overdue = |tag: Tag| tag.same_generation(now) && tag.age(now) >= OVERDUE;
        let cells = self.slices.all().flatten().map(Cell::read);
        let old = cells.filter(|(tag, _)| overdue(*tag));
        let old: i64 = old.map(|(_, count)| i64::from(count)).sum();
        let late = Tag::new(generation, 0);
        let late = self.late.all().map(|cell| i64::from(cell.count(late)));
        let sum = old + late.sum::<i64>();
        // The threads are read one after the other: an end may be seen before its beginning.
        sum.max(0) as u64
    }
}
