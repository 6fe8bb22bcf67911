//! The calls of the last while: a time window in ten slices.

use std::array;

use super::cell::{Cell, Tag};
use super::share::Share;
use super::stripe::{Line, lines, stripe};
use super::window::SLICES;

/// Good ones are counted by each thread in a line of its own, bad ones together.
#[derive(Debug)]
pub(super) struct Slices {
    /// Of one slice, in nanoseconds.
    width: u64,
    good: Box<[Line<[Cell; SLICES]>]>,
    bad: [Cell; SLICES],
}

impl Slices {
    pub(super) fn new(nanos: u64) -> Self {
        let cells = || array::from_fn(|_| Cell::new());
        Slices {
            width: nanos / SLICES as u64,
            good: lines(cells),
            bad: cells(),
        }
    }

    #[inline]
    pub(super) fn good(&self, generation: u32, now: u64) {
        self.add(&self.good[stripe()].0, generation, now);
    }

    pub(super) fn bad(&self, generation: u32, now: u64) {
        self.add(&self.bad, generation, now);
    }

    #[inline]
    fn add(&self, cells: &[Cell; SLICES], generation: u32, now: u64) {
        let slice = now / self.width;
        let cell = &cells[(slice % SLICES as u64) as usize];
        cell.add(Tag::new(generation, slice), 1);
    }

    /// What the window holds.
    pub(super) fn share(&self, generation: u32, now: u64) -> Share {
        let last = now / self.width;
        let first = (last + 1).saturating_sub(SLICES as u64);
        let sum = |cells: &[Cell; SLICES]| {
            let counts = (first..=last).map(|slice| {
                let cell = &cells[(slice % SLICES as u64) as usize];
                u64::from(cell.count(Tag::new(generation, slice)))
            });
            counts.sum::<u64>()
        };
        let bad = sum(&self.bad);
        let good: u64 = self.good.iter().map(|line| sum(&line.0)).sum();
        Share {
            calls: good + bad,
            bad,
        }
    }
}
