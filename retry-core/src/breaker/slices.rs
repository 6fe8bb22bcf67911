//! The calls of the last while: a time window in ten slices.

use std::array;

use super::cell::{CELLS, Cell, Layout};
use super::share::Share;
use super::slicing::Slicing;
use super::stripe::{Striped, Writer};
use super::window::SLICES;

/// Good ones are counted by each thread in a line of its own, bad ones together.
#[derive(Debug)]
pub(super) struct Slices {
    slicing: Slicing,
    layout: Layout,
    good: Striped<[Cell; CELLS]>,
    bad: [Cell; CELLS],
}

impl Slices {
    pub(super) fn new(nanos: u64) -> Self {
        let cells = || array::from_fn(|_| Cell::new());
        Slices {
            slicing: Slicing::new(nanos / SLICES),
            layout: Layout::of(nanos / SLICES),
            good: Striped::new(cells),
            bad: cells(),
        }
    }

    #[inline]
    pub(super) fn good(&self, generation: u32, now: u64) {
        let (cells, writer) = self.good.mine();
        self.add(cells, generation, now, writer);
    }

    pub(super) fn bad(&self, generation: u32, now: u64) {
        self.add(&self.bad, generation, now, Writer::OneOfMany);
    }

    #[inline]
    fn add(&self, cells: &[Cell; CELLS], generation: u32, now: u64, writer: Writer) {
        let slice = self.slicing.slice(now);
        let cell = &cells[slice as usize % CELLS];
        let tag = self.layout.tag(generation, slice);
        // One that is told so late that its slice is out of the window says nothing any more.
        let _ = cell.add(self.layout, tag, 1, writer);
    }

    /// The breaker is about to be closed.
    pub(super) fn clear(&self, still: &dyn Fn() -> bool) {
        let cells = self.good.all().flatten().chain(&self.bad);
        cells.for_each(|cell| cell.clear(still));
    }

    /// What the window holds.
    pub(super) fn share(&self, generation: u32, now: u64) -> Share {
        let last = self.slicing.slice(now);
        let first = (last + 1).saturating_sub(SLICES);
        let sum = |cells: &[Cell; CELLS]| {
            let counts = (first..=last).map(|slice| {
                let cell = &cells[slice as usize % CELLS];
                let tag = self.layout.tag(generation, slice);
                cell.count(self.layout, tag).unsigned_abs()
            });
            counts.sum::<u64>()
        };
        let bad = sum(&self.bad);
        let good: u64 = self.good.all().map(sum).sum();
        Share {
            calls: good + bad,
            bad,
        }
    }
}
