//! How much is left in a bucket.

use crate::util::sync::atomic::{AtomicU64, Ordering};

/// A count between 0 and a bound that never leaves them.
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

    /// All of it or nothing.
    pub(in crate::budget) fn take(&self, amount: u64) -> bool {
        self.update(|count| count.checked_sub(amount))
    }

    /// As much of it as there is.
    pub(in crate::budget) fn drain(&self, amount: u64) {
        self.update(|count| (count > 0).then(|| count.saturating_sub(amount)));
    }

    /// Up to the bound; a full bucket is only read.
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
