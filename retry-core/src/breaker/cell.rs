//! A count that belongs to a slice of time, and begins anew with another one.

use super::stripe::Writer;
use crate::sync::atomic::Ordering;
use crate::sync::in_static::AtomicU64;

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

    #[inline]
    pub(super) const fn same_generation(self, other: Tag) -> bool {
        (self.0 ^ other.0) & !SLICE == 0
    }

    /// How many slices this one is before another; negative if it is after it.
    #[inline]
    pub(super) const fn age(self, now: Tag) -> i32 {
        let age = now.0.wrapping_sub(self.0) & SLICE;
        // The upper half of 22 bits is what is yet to come.
        ((age << 10) as i32) >> 10
    }
}

/// A tagged count: 32 bits of each.
#[derive(Debug)]
pub(super) struct Cell(AtomicU64);

impl Cell {
    pub(super) fn new() -> Self {
        Cell(AtomicU64::new(0))
    }

    /// Adds to the count of `tag`; returns the count of another tag that this one drove out.
    #[inline]
    pub(super) fn add(&self, tag: Tag, change: i32, writer: Writer) -> Option<(Tag, i32)> {
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let (held, count) = open(seen);
            let kept = if held == tag { count } else { 0 };
            let next = pack(tag, kept.wrapping_add(change));
            if let Err(other) = self.write(seen, next, writer) {
                seen = other;
                continue;
            }
            return if held == tag {
                None
            } else {
                Some((held, count))
            };
        }
    }

    #[inline]
    fn write(&self, seen: u64, next: u64, writer: Writer) -> Result<u64, u64> {
        let order = Ordering::Relaxed;
        match writer {
            Writer::Only => {
                self.0.store(next, order);
                Ok(seen)
            }
            Writer::OneOfMany => self.0.compare_exchange_weak(seen, next, order, order),
        }
    }

    /// The tag and its count.
    #[inline]
    pub(super) fn read(&self) -> (Tag, i32) {
        open(self.0.load(Ordering::Relaxed))
    }

    /// The count of `tag`.
    #[inline]
    pub(super) fn count(&self, tag: Tag) -> i32 {
        match self.read() {
            (held, count) if held == tag => count,
            _ => 0,
        }
    }
}

#[inline]
const fn open(bits: u64) -> (Tag, i32) {
    (Tag((bits >> 32) as u32), bits as u32 as i32)
}

#[inline]
const fn pack(tag: Tag, count: i32) -> u64 {
    (tag.0 as u64) << 32 | count as u32 as u64
}
