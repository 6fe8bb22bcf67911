//! The calls under way, by when they began.

use std::array;

use super::cell::{Cell, Tag};
use super::stripe::{Line, lines, stripe};

/// Knows how many calls are under way for longer than the threshold, and not which: they are counted
/// in slices of an eighth of it, each thread in a line of its own.
#[derive(Debug)]
pub(super) struct Flights {
    /// Of one slice, in nanoseconds.
    width: u64,
    lines: Box<[Line<Departures>]>,
}

#[derive(Debug)]
struct Departures {
    slices: [Cell; SLICES],
    /// Those whose slice has been taken by a later one.
    late: Cell,
}

/// A slice this old is past the threshold as a whole.
const OVERDUE: u32 = 9;
/// So old is one that is yet to come: slices wrap.
const FUTURE: u32 = 1 << 21;
const SLICES: usize = 15;

/// When a call began, and where it is counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Departure {
    pub(super) at: u64,
    stripe: Option<u32>,
}

impl Departure {
    /// Of a call that is timed, but not counted.
    pub(super) const fn uncounted(at: u64) -> Self {
        Departure { at, stripe: None }
    }
}

impl Flights {
    pub(super) fn new(threshold: u64) -> Self {
        Flights {
            width: threshold.div_ceil(8),
            lines: lines(|| Departures {
                slices: array::from_fn(|_| Cell::new()),
                late: Cell::new(),
            }),
        }
    }

    #[inline]
    pub(super) fn slice(&self, now: u64) -> u64 {
        now / self.width
    }

    #[inline]
    pub(super) fn begin(&self, generation: u32, now: u64) -> Departure {
        let stripe = stripe();
        let (cell, tag) = self.cell(stripe, generation, now);
        let (held, count) = cell.read();
        if count > 0 && held.same_generation(tag) && held.age(tag) >= FUTURE {
            // The clock has jumped back: those who are counted here are not late.
            return Departure::uncounted(now);
        }
        if let Some((tag, count)) = cell.add(tag, 1) {
            // Still under way after so long. Ends that look for them here meanwhile make the count
            // of late ones wrap below zero, and this brings it back.
            let late = Tag::new(generation, 0);
            if count > 0 && tag.same_generation(late) {
                self.lines[stripe].0.late.add(late, count as i32);
            }
        }
        Departure {
            at: now,
            stripe: Some(stripe as u32),
        }
    }

    #[inline]
    pub(super) fn end(&self, generation: u32, departure: Departure) {
        let Some(stripe) = departure.stripe else {
            return;
        };
        let stripe = stripe as usize;
        let (cell, tag) = self.cell(stripe, generation, departure.at);
        if !cell.take(tag) {
            let late = &self.lines[stripe].0.late;
            late.add(Tag::new(generation, 0), -1);
        }
    }

    /// How many are under way past the threshold: one of them is found out after 1 to 1⅛ of it.
    pub(super) fn overdue(&self, generation: u32, now: u64) -> u64 {
        let (late, now) = (
            Tag::new(generation, 0),
            Tag::new(generation, self.slice(now)),
        );
        let overdue = |line: &Line<Departures>| {
            let cells = line.0.slices.iter().map(Cell::read);
            let old = cells.filter(|(tag, _)| {
                let age = tag.age(now);
                tag.same_generation(now) && (OVERDUE..FUTURE).contains(&age)
            });
            let old: u64 = old.map(|(_, count)| u64::from(count)).sum();
            let late = line.0.late.count(late) as i32;
            old + late.max(0) as u64
        };
        self.lines.iter().map(overdue).sum()
    }

    #[inline]
    fn cell(&self, stripe: usize, generation: u32, at: u64) -> (&Cell, Tag) {
        let slice = self.slice(at);
        let cell = &self.lines[stripe].0.slices[(slice % SLICES as u64) as usize];
        (cell, Tag::new(generation, slice))
    }
}
