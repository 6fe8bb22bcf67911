//! The calls under way, by when they began.

use std::array;

use super::cell::{CELLS, Cell, Layout, TooLate};
use super::slicing::Slicing;
use super::stripe::Striped;

/// Knows how many calls are under way for longer than the threshold, and not which. Each thread counts
/// those that begin, and takes off those that end, wherever they began, in slices of an eighth of the
/// threshold; the sums over all threads are what is under way.
#[derive(Debug)]
pub(super) struct Flights {
    slicing: Slicing,
    layout: Layout,
    slices: Striped<[Cell; CELLS]>,
    /// Of slices whose cell has been taken by a later one.
    late: Striped<Cell>,
}

/// A slice this old is past the threshold as a whole.
const OVERDUE: u64 = 9;

/// Of cells without slices.
const WHENEVER: Layout = Layout::of(u64::MAX);

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
            layout: Layout::of(threshold.div_ceil(8)),
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
        match self.change(generation, slice, 1) {
            Ok(()) => Departure { at, slice },
            // The clock has jumped back; the call must not pass for a late one.
            Err(TooLate) => Departure::uncounted(at),
        }
    }

    #[inline]
    pub(super) fn end(&self, generation: u32, departure: Departure) {
        let slice = departure.slice;
        if slice != UNCOUNTED && self.change(generation, slice, -1).is_err() {
            self.late(generation, -1);
        }
    }

    /// Counts in the cell of a slice, unless a later slice has taken it.
    #[inline(always)]
    fn change(&self, generation: u32, slice: u64, by: i64) -> Result<(), TooLate> {
        let (cells, writer) = self.slices.mine();
        let cell = &cells[slice as usize % CELLS];
        let tag = self.layout.tag(generation, slice);
        let driven_out = cell.add(self.layout, tag, by, writer)?;
        if driven_out != 0 {
            self.late(generation, driven_out);
        }
        Ok(())
    }

    #[cold]
    fn late(&self, generation: u32, count: i64) {
        let (cell, writer) = self.late.mine();
        // Of an earlier stay it says nothing any more.
        let _ = cell.add(WHENEVER, WHENEVER.tag(generation, 0), count, writer);
    }

    /// The breaker is about to be closed.
    pub(super) fn clear(&self, still: &dyn Fn() -> bool) {
        let cells = self.slices.all().flatten().chain(self.late.all());
        cells.for_each(|cell| cell.clear(still));
    }

    /// How many are under way past the threshold: one of them is found out after 1 to 1⅛ of it.
    pub(super) fn overdue(&self, generation: u32, now: u64) -> u64 {
        let now = self.slice(now);
        let stay = self.layout.tag(generation, now);
        let overdue = |(place, cell): (usize, &Cell)| {
            let (tag, count) = cell.read(self.layout);
            let age = now.saturating_sub(self.layout.slice(tag, place));
            let overdue = tag.same_stay(stay) && age >= OVERDUE;
            if overdue { count } else { 0 }
        };
        let cells = self.slices.all().flat_map(|cells| cells.iter().enumerate());
        let old: i64 = cells.map(overdue).sum();
        let late = WHENEVER.tag(generation, 0);
        let late = self.late.all().map(|cell| cell.count(WHENEVER, late));
        let sum = old + late.sum::<i64>();
        // The threads are read one after the other: an end may be seen before its beginning.
        sum.max(0) as u64
    }
}
