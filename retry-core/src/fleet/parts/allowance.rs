//! An allowance of refusals, which bounds what a wrong store can do.

/// The open times for which orders may refuse calls at a stretch.
const OPEN_TIMES: u64 = 2;

/// The time for which orders may refuse calls: at most two open times at a stretch, and two thirds of all time.
///
/// It is a token bucket of time. A refusal spends it, and the rest of the time earns twice as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowance {
    most: u64,
    left: u64,
    settled: u64,
    /// The refusal that was last ordered: from when on, and until when.
    from: u64,
    until: u64,
}

impl Allowance {
    /// Creates a full one.
    pub(super) const fn new(open_time: u64, now: u64) -> Self {
        let most = open_time.saturating_mul(OPEN_TIMES);
        Allowance {
            most,
            left: most,
            settled: now,
            from: now,
            until: now,
        }
    }

    /// Returns whether it has an open time for a new refusal: so a breaker does not flap on the last of it.
    pub(super) fn has_open_time(&mut self, now: u64) -> bool {
        self.settle(now);
        self.left >= self.most / OPEN_TIMES
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

    /// Earns before the refusal, spends during it, and earns after it.
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
        let earned = time.saturating_mul(OPEN_TIMES);
        self.left = self.left.saturating_add(earned).min(self.most);
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn orders_refuse_for_two_open_times_at_a_stretch_and_two_thirds_of_all_time() {
        let mut allowance = Allowance::new(100, 0);
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
        let mut allowance = Allowance::new(100, 0);
        assert_eq!(allowance.order(80, 150, 0), 150);
        assert_eq!(allowance.order(80, 1_000, 100), 280);
        allowance.end(120);
        assert!(allowance.has_open_time(120));
        assert_eq!(allowance.order(120, 1_000, 120), 280);
    }
}
