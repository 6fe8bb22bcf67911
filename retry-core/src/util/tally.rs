//! Counts that threads add to without waiting for each other.

#[cfg(feature = "std")]
use std::sync::OnceLock;

#[cfg(feature = "std")]
use super::striped::Striped;
use super::sync::atomic::{AtomicU64, Ordering};

/// `N` counts, which only grow.
///
/// Every access is relaxed: each count is exact by itself, and no other memory depends on it. In steps of one, 64
/// bits last for centuries.
#[derive(Debug)]
pub(crate) struct Tally<const N: usize> {
    /// Made on first use, since the constructor is `const`.
    #[cfg(feature = "std")]
    stripes: OnceLock<Striped<[AtomicU64; N]>>,
    #[cfg(not(feature = "std"))]
    counts: [AtomicU64; N],
}

#[cfg(feature = "std")]
impl<const N: usize> Tally<N> {
    pub(crate) const fn new() -> Self {
        Tally {
            stripes: OnceLock::new(),
        }
    }

    /// Adds one to the count of this number.
    #[inline]
    pub(crate) fn add_one(&self, number: usize) {
        let (counts, writer) = self.stripes.get_or_init(Self::stripes).mine();
        writer.add_one(&counts[number]);
    }

    /// Returns the count of this number.
    pub(crate) fn get(&self, number: usize) -> u64 {
        let stripes = self.stripes.get().into_iter().flat_map(Striped::all);
        let counts = stripes.map(|counts| counts[number].load(Ordering::Relaxed));
        counts.sum()
    }

    fn stripes() -> Striped<[AtomicU64; N]> {
        Striped::new(|| [(); N].map(|()| AtomicU64::new(0)))
    }
}

#[cfg(not(feature = "std"))]
impl<const N: usize> Tally<N> {
    pub(crate) const fn new() -> Self {
        Tally {
            counts: [const { AtomicU64::new(0) }; N],
        }
    }

    /// Adds one to the count of this number.
    #[inline]
    pub(crate) fn add_one(&self, number: usize) {
        self.counts[number].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the count of this number.
    pub(crate) fn get(&self, number: usize) -> u64 {
        self.counts[number].load(Ordering::Relaxed)
    }
}

impl<const N: usize> Default for Tally<N> {
    fn default() -> Self {
        Tally::new()
    }
}

#[cfg(all(test, feature = "std", not(persevere_loom)))]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn threads_that_come_and_go_lose_no_count() {
        let tally = Tally::<2>::new();
        for _ in 0..4 {
            // More than own a stripe, so that some share one.
            thread::scope(|scope| {
                for _ in 0..40 {
                    scope.spawn(|| (0..1000).for_each(|number| tally.add_one(number % 2)));
                }
            });
        }
        assert_eq!((tally.get(0), tally.get(1)), (80_000, 80_000));
    }
}

#[cfg(all(test, persevere_loom))]
mod model {
    use std::sync::Arc;

    use loom::thread;

    use super::*;

    #[test]
    fn two_threads_count_two() {
        loom::model(|| {
            let tally = Arc::new(Tally::<1>::new());
            // loom's atomics are made on this thread.
            assert_eq!(tally.get(0), 0);
            tally.stripes.get_or_init(Tally::stripes);
            let other = Arc::clone(&tally);
            let other = thread::spawn(move || other.add_one(0));
            tally.add_one(0);
            assert!((1..=2).contains(&tally.get(0)));
            other.join().unwrap();
            assert_eq!(tally.get(0), 2);
        });
    }
}
