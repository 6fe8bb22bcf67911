//! An allowance of refusals, which bounds what a wrong store can do.

use crate::call::random::RandomSource;

/// The doublings of an allowance that probes of its own have confirmed.
const MOST_DOUBLINGS: u32 = 2;

/// The rest of the time earns so many times as much as it lasts.
const EARNED: u64 = 2;

/// The time for which orders may refuse calls: two to three open times at a stretch, and two thirds of all time.
///
/// It is a token bucket of time. A refusal spends it, and the rest of the time earns twice as much. Each process draws
/// its own size, so that many that were refused together do not probe together. A probe of its own that fails says that
/// the store was right, and doubles the size, up to four times; one that succeeds makes it what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowance {
    open_time: u64,
    /// The size before it is doubled.
    size: u64,
    doublings: u32,
    left: u64,
    settled: u64,
    /// The refusal that was last ordered: from when on, and until when.
    from: u64,
    until: u64,
}

impl Allowance {
    /// Creates a full one.
    ///
    /// Open times may grow: its size is that of the longest.
    pub(super) fn new(open_time: u64, longest: u64, now: u64) -> Self {
        let size = longest.saturating_mul(2);
        let size = RandomSource::Thread.uniform(size, size.saturating_add(longest));
        Allowance {
            open_time,
            size,
            doublings: 0,
            left: size,
            settled: now,
            from: now,
            until: now,
        }
    }

    /// Returns whether it has an open time for a new refusal: so a breaker does not flap on the last of it.
    pub(super) fn has_open_time(&mut self, now: u64) -> bool {
        self.settle(now);
        self.left >= self.open_time
    }

    /// Orders a refusal, and returns the end as far as it is allowed.
    pub(super) fn order(&mut self, from: u64, until: u64, now: u64) -> u64 {
        self.settle(now);
        // A refusal that goes on began before.
        if self.until <= now {
            self.from = from;
        }
        let latest = self.from.max(now).saturating_add(self.left);
        self.until = until.min(latest).max(self.until);
        self.until
    }

    /// Ends the refusal, if one is in force.
    pub(super) fn end(&mut self, now: u64) {
        self.settle(now);
        self.until = self.until.min(now);
    }

    /// Notes that a probe of its own has failed: orders to refuse were right.
    pub(super) fn confirm(&mut self, now: u64) {
        self.settle(now);
        self.doublings = (self.doublings + 1).min(MOST_DOUBLINGS);
        self.left = self.most();
    }

    /// Notes that a probe of its own has succeeded.
    pub(super) fn doubt(&mut self, now: u64) {
        self.settle(now);
        self.doublings = 0;
        self.left = self.left.min(self.most());
    }

    /// Returns its size.
    pub(super) const fn most(&self) -> u64 {
        self.size.saturating_mul(1 << self.doublings)
    }

    /// Earns and spends in the order of time.
    fn settle(&mut self, now: u64) {
        let now = now.max(self.settled);
        let from = self.from.clamp(self.settled, now);
        let until = self.until.clamp(from, now);
        self.earn(from - self.settled);
        self.left = self.left.saturating_sub(until - from);
        self.earn(now - until);
        self.settled = now;
    }

    fn earn(&mut self, time: u64) {
        let earned = time.saturating_mul(EARNED);
        self.left = self.left.saturating_add(earned).min(self.most());
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    /// Creates one of the smallest size.
    fn smallest(open_time: u64) -> Allowance {
        let size = 2 * open_time;
        Allowance {
            size,
            left: size,
            ..Allowance::new(open_time, open_time, 0)
        }
    }

    #[test]
    fn orders_refuse_for_two_open_times_at_a_stretch_and_two_thirds_of_all_time() {
        let mut allowance = smallest(100);
        let (mut refused, mut stretch, mut longest) = (0, 0, 0);
        let mut end = 0;
        for now in 0..30_000 {
            // It is ordered at every moment, and begins where a breaker would.
            if now < end || allowance.has_open_time(now) {
                end = allowance.order(now, now + 100, now).max(end);
            }
            stretch = if now < end { stretch + 1 } else { 0 };
            refused += u64::from(now < end);
            longest = longest.max(stretch);
        }
        assert_eq!(longest, 200);
        assert!((19_900..=20_200).contains(&refused), "{refused}");
    }

    #[test]
    fn its_own_open_time_is_not_spent() {
        let mut allowance = smallest(100);
        assert_eq!(allowance.order(80, 150, 0), 150);
        assert_eq!(allowance.order(80, 1_000, 100), 280);
        allowance.end(120);
        assert!(allowance.has_open_time(120));
        assert_eq!(allowance.order(120, 1_000, 120), 280);
    }

    #[test]
    fn it_grows_with_probes_of_its_own_that_fail() {
        let mut allowance = smallest(100);
        for expected in [400, 800, 800] {
            allowance.confirm(0);
            assert_eq!(allowance.most(), expected);
        }
        allowance.doubt(0);
        assert_eq!(allowance.order(0, 1_000, 0), 200);
    }

    #[test]
    fn processes_draw_sizes_of_their_own() {
        let sizes = (0..100).map(|_| Allowance::new(1_000_000, 1_000_000, 0).most());
        let sizes: std::collections::BTreeSet<_> = sizes.collect();
        assert!(
            sizes.len() > 90
                && sizes
                    .iter()
                    .all(|size| (2_000_000..=3_000_000).contains(size))
        );
    }
}
