//! A count that belongs to a slice of time, and begins anew with another one.

use crate::sync::atomic::{AtomicU64, Ordering};

/// Whose count it is: the upper half of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag(u32);

const SLICE: u32 = (1 << 22) - 1;

impl Tag {
    /// A slice of time within a stay in a state. Both wrap: a count would have to lie untouched for
    /// exactly four million slices to be taken for a new one's.
    #[inline]
    pub(super) const fn new(generation: u32, slice: u64) -> Self {
        Tag(generation << 22 | slice as u32 & SLICE)
    }

    pub(super) const fn same_generation(self, other: Tag) -> bool {
        (self.0 ^ other.0) & !SLICE == 0
    }

    /// How many slices this one is before another.
    pub(super) const fn age(self, now: Tag) -> u32 {
        now.0.wrapping_sub(self.0) & SLICE
    }
}

/// A tagged count: 32 bits of each.
#[derive(Debug)]
pub(super) struct Cell(AtomicU64);

impl Cell {
    pub(super) fn new() -> Self {
        Cell(AtomicU64::new(0))
    }

    /// Adds to the count of `tag`, which wraps; returns the count of another tag that this one drove out.
    #[inline]
    pub(super) fn add(&self, tag: Tag, change: i32) -> Option<(Tag, u32)> {
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let (held, count) = open(seen);
            let kept = if held == tag { count } else { 0 };
            let next = pack(tag, kept.wrapping_add_signed(change));
            match self.exchange(seen, next) {
                Ok(_) if held == tag => return None,
                Ok(_) => return Some((held, count)),
                Err(other) => seen = other,
            }
        }
    }

    /// Takes one from the count of `tag`, if it still is that.
    #[inline]
    pub(super) fn take(&self, tag: Tag) -> bool {
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let (held, count) = open(seen);
            if held != tag || count == 0 {
                return false;
            }
            match self.exchange(seen, pack(tag, count - 1)) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
    }

    /// The tag and its count.
    #[inline]
    pub(super) fn read(&self) -> (Tag, u32) {
        open(self.0.load(Ordering::Relaxed))
    }

    /// The count of `tag`.
    #[inline]
    pub(super) fn count(&self, tag: Tag) -> u32 {
        match self.read() {
            (held, count) if held == tag => count,
            _ => 0,
        }
    }

    #[inline]
    fn exchange(&self, seen: u64, next: u64) -> Result<u64, u64> {
        let order = Ordering::Relaxed;
        self.0.compare_exchange_weak(seen, next, order, order)
    }
}

const fn open(bits: u64) -> (Tag, u32) {
    (Tag((bits >> 32) as u32), bits as u32)
}

const fn pack(tag: Tag, count: u32) -> u64 {
    (tag.0 as u64) << 32 | count as u64
}
