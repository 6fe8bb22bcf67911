//! Counts that threads add to without waiting for each other.

#[cfg(feature = "std")]
use super::striped::ThreadCopies;
#[cfg(not(feature = "std"))]
use super::sync::AtomicU64 as InStatic;
#[cfg(feature = "std")]
use super::sync::atomic::AtomicU64;
use super::sync::atomic::Ordering;
#[cfg(feature = "std")]
use super::sync::in_static::AtomicU64 as InStatic;

/// `N` counts, which only grow, with a copy for each busy thread.
///
/// Every access is relaxed: each count is exact by itself, and no other memory depends on it. In steps of one, 64
/// bits last for centuries.
#[derive(Debug)]
pub(crate) struct Tally<const N: usize> {
    shared: [InStatic; N],
    #[cfg(feature = "std")]
    copies: ThreadCopies<Box<Line<N>>>,
}

/// Counts on cache lines of their own, in pairs, as most processors fetch them.
#[cfg(feature = "std")]
#[derive(Debug)]
#[repr(align(128))]
struct Line<const N: usize>([AtomicU64; N]);

impl<const N: usize> Tally<N> {
    pub(crate) const fn new() -> Self {
        Tally {
            shared: [const { InStatic::new(0) }; N],
            #[cfg(feature = "std")]
            copies: ThreadCopies::new(),
        }
    }

    /// Adds one to each of the counts of these numbers.
    #[inline]
    pub(crate) fn count<const M: usize>(&self, numbers: [usize; M]) {
        #[cfg(feature = "std")]
        if let Some((line, writer)) = self.copies.own() {
            return numbers
                .into_iter()
                .for_each(|number| writer.add_one(&line.0[number]));
        }
        for number in numbers {
            self.shared[number].fetch_add(1, Ordering::Relaxed);
        }
        #[cfg(feature = "std")]
        self.copies
            .visit(|| Box::new(Line([(); N].map(|()| AtomicU64::new(0)))));
    }

    /// Returns the count of this number.
    pub(crate) fn get(&self, number: usize) -> u64 {
        let shared = self.shared[number].load(Ordering::Relaxed);
        #[cfg(feature = "std")]
        let shared = shared + self.in_copies(number);
        shared
    }

    #[cfg(feature = "std")]
    fn in_copies(&self, number: usize) -> u64 {
        let counts = self.copies.all().map(|line| &line.0[number]);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
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
            // More than own a copy, so that some share one.
            thread::scope(|scope| {
                for _ in 0..40 {
                    scope.spawn(|| (0..1000).for_each(|number| tally.count([number % 2])));
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
            let other = Arc::clone(&tally);
            let other = thread::spawn(move || other.count([0]));
            tally.count([0]);
            assert!((1..=2).contains(&tally.get(0)));
            other.join().unwrap();
            assert_eq!(tally.get(0), 2);
        });
    }
}
