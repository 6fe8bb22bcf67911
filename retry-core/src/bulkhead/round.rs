//! A round of attempts that run at a time.

use crate::util::sync::atomic::Ordering;
use crate::util::sync::in_static::AtomicU64;

/// The attempts that ended since the last round, which ends with the first of them that also began since then.
///
/// So a round takes as long as an attempt, and slow attempts have their weight in it. Of attempts one after the other
/// each is a round.
///
/// All accesses are relaxed: each number is exact by itself, and no other memory depends on it.
#[derive(Debug)]
pub(super) struct Round {
    /// The ticks of its beginning.
    since: AtomicU64,
    /// The number of attempts that have ended, above their latencies in nanoseconds.
    ended: AtomicU64,
}

/// An attempt that has ended, in ticks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) began: u64,
    pub(super) ended: u64,
}

/// The bits of the latencies, which add up to less than five hours.
const LATENCY_BITS: u32 = 44;
const LATENCIES: u64 = (1 << LATENCY_BITS) - 1;
const COUNTS: u64 = u64::MAX >> LATENCY_BITS;

impl Round {
    pub(super) const fn new() -> Self {
        Round {
            since: AtomicU64::new(0),
            ended: AtomicU64::new(0),
        }
    }

    /// Adds an attempt, and returns the mean latency in nanoseconds if it ends the round.
    pub(super) fn add(&self, attempt: Attempt) -> Option<f64> {
        // A clock that stands still is taken to measure something.
        let nanos = attempt.ended.saturating_sub(attempt.began).max(1);
        let order = Ordering::Relaxed;
        let added = |ended| {
            let latencies = (ended & LATENCIES) + nanos.min(LATENCIES);
            let count = (ended >> LATENCY_BITS) + 1;
            // A full round takes no more.
            let fits = latencies <= LATENCIES && count <= COUNTS;
            fits.then_some(count << LATENCY_BITS | latencies)
        };
        let _ = self.ended.fetch_update(order, order, added);
        let since = self.since.load(order);
        if attempt.began < since {
            return None;
        }
        // Of threads that end it at once, one does.
        self.since
            .compare_exchange(since, attempt.ended, order, order)
            .ok()?;
        let ended = self.ended.swap(0, order);
        let count = ended >> LATENCY_BITS;
        // Another thread may have taken the attempt along.
        (count > 0).then(|| (ended & LATENCIES) as f64 / count as f64)
    }

    #[cfg(all(test, not(persevere_loom)))]
    pub(super) fn since(&self) -> u64 {
        self.since.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    fn mean(round: &Round, began: u64, ended: u64) -> Option<f64> {
        round.add(Attempt { began, ended })
    }

    #[test]
    fn attempts_one_after_the_other_are_a_round_each() {
        let round = Round::new();
        for (began, ended) in [(0, 7), (7, 9), (20, 50)] {
            assert_eq!(mean(&round, began, ended), Some((ended - began) as f64));
        }
    }

    #[test]
    fn a_round_ends_with_an_attempt_that_began_in_it() {
        let round = Round::new();
        assert_eq!(mean(&round, 0, 10), Some(10.0));
        assert_eq!(mean(&round, 0, 20), None);
        assert_eq!(mean(&round, 9, 30), None);
        assert_eq!(mean(&round, 10, 40), Some((20.0 + 21.0 + 30.0) / 3.0));
        assert_eq!(mean(&round, 39, 41), None);
    }

    #[test]
    fn a_full_round_takes_no_more_and_the_next_begins_empty() {
        let round = Round::new();
        let long = LATENCIES - 5;
        assert_eq!(mean(&round, 1, 10), Some(9.0));
        assert_eq!(mean(&round, 1, 1 + long), None);
        assert_eq!(mean(&round, 1, 1 + u64::MAX / 2), None);
        assert_eq!(mean(&round, 1, 7), None, "one more than fits");
        assert_eq!(mean(&round, 10, 15), Some((long as f64 + 5.0) / 2.0));
        assert_eq!(mean(&round, 20, 23), Some(3.0));
    }

    #[test]
    fn an_attempt_of_centuries_counts_as_five_hours() {
        let round = Round::new();
        assert_eq!(mean(&round, 0, u64::MAX), Some(LATENCIES as f64));
    }

    #[test]
    fn a_clock_that_goes_back_measures_a_nanosecond() {
        assert_eq!(mean(&Round::new(), 9, 3), Some(1.0));
    }
}
