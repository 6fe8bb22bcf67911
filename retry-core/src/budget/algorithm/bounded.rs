//! A counter with a lower and an upper bound.

use crate::util::sync::atomic::{AtomicU64, Ordering};

/// A count from 0 up to a bound, which one thread at a time may change.
///
/// The count is exact: each change is one atomic step on that one word. The bound is a word of its own. A thread that
/// adds up to a bound that was just lowered finds that out after its step, and takes off what is above: to add
/// acquires what the last change of the bound has released. All else is relaxed, since no other memory is read by it.
#[derive(Debug)]
pub(in crate::budget) struct BoundedCounter {
    count: AtomicU64,
    bound: AtomicU64,
}

impl BoundedCounter {
    pub(in crate::budget) fn full(bound: u64) -> Self {
        BoundedCounter {
            count: AtomicU64::new(bound),
            bound: AtomicU64::new(bound),
        }
    }

    #[inline]
    pub(in crate::budget) fn get(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    #[inline]
    pub(in crate::budget) fn bound(&self) -> u64 {
        self.bound.load(Ordering::Relaxed)
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
        if self.get() < self.bound() {
            self.add(amount);
        }
    }

    fn add(&self, amount: u64) {
        let mut bound = 0;
        let bounded = |count: u64| {
            bound = self.bound();
            (count < bound).then(|| (count + amount).min(bound))
        };
        // Acquire: pairs with the release in `lower`. After a step that follows it the lower bound is seen here.
        let added = self
            .count
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, bounded);
        if added.is_ok() && self.bound() < bound {
            self.trim();
        }
    }

    /// Takes off what is above the bound.
    #[cold]
    fn trim(&self) {
        self.update(|count| Some(self.bound()).filter(|bound| count > *bound));
    }

    fn update(&self, change: impl Fn(u64) -> Option<u64>) -> bool {
        self.count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

/// The bound moves with what is counted: a unit of it comes full, and goes full.
#[cfg(any(feature = "redis-fleet", all(test, persevere_loom)))]
impl BoundedCounter {
    /// Moves the bound to another, as far as there is something to take with it, and returns the one that holds.
    ///
    /// One thread at a time calls it.
    pub(in crate::budget) fn rebound(&self, bound: u64) -> u64 {
        let former = self.bound();
        if former < bound {
            self.raise(former, bound);
        } else if bound < former {
            self.lower(former, former - bound);
        }
        self.bound()
    }

    /// Raises the bound, and then the count by as much.
    ///
    /// What is added in between counts as a part of that, so that the count is within the bound.
    fn raise(&self, former: u64, bound: u64) {
        // Relaxed: a thread that does not see it yet adds less.
        self.bound.store(bound, Ordering::Relaxed);
        self.add(bound - former);
    }

    /// Lowers the bound, and then the count by as much: by `amount`, or by all that is left.
    fn lower(&self, former: u64, amount: u64) {
        let amount = amount.min(self.get());
        let lower = former - amount;
        // Relaxed: released by the step below.
        self.bound.store(lower, Ordering::Relaxed);
        // Release: pairs with the acquire in `add`. It writes even what does not change, so that whoever adds after it
        // sees the lower bound; who added before it, up to the former one, is cut off here.
        let take = |count: u64| Some(count.saturating_sub(amount).min(lower));
        let count = self
            .count
            .fetch_update(Ordering::Release, Ordering::Relaxed, take)
            .unwrap_or_default();
        // Retries have taken some in between: the bound of these stays.
        self.bound
            .store(former - count.min(amount), Ordering::Relaxed);
    }
}
