//! A counter with a lower and an upper bound.

use crate::util::sync::atomic::{AtomicU64, Ordering};

/// A count from 0 up to a bound.
///
/// Every access is relaxed: each change is one atomic step on this one word, and no other memory is read by it.
#[derive(Debug)]
pub(in crate::budget) struct BoundedCounter {
    count: AtomicU64,
    bound: u64,
}

impl BoundedCounter {
    pub(in crate::budget) fn full(bound: u64) -> Self {
        BoundedCounter {
            count: AtomicU64::new(bound),
            bound,
        }
    }

    #[inline]
    pub(in crate::budget) fn get(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Subtracts `amount`, or nothing if less is left; returns whether it did.
    pub(in crate::budget) fn take(&self, amount: u64) -> bool {
        self.update(|count| count.checked_sub(amount))
    }

    /// Subtracts `amount`, or all that is left.
    pub(in crate::budget) fn drain(&self, amount: u64) {
        self.update(|count| (count > 0).then(|| count.saturating_sub(amount)));
    }

    /// Adds `amount` up to the bound.
    ///
    /// A full counter is only read, so that calls that succeed share a line of the cache. The read comes after every
    /// change that this thread made, and to add to a counter that is full changes nothing.
    #[inline]
    pub(in crate::budget) fn put(&self, amount: u64) {
        if self.get() < self.bound {
            self.add(amount);
        }
    }

    fn add(&self, amount: u64) {
        self.update(|count| (count < self.bound).then(|| (count + amount).min(self.bound)));
    }

    fn update(&self, change: impl Fn(u64) -> Option<u64>) -> bool {
        self.count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}
