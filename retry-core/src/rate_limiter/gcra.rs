//! The generic cell rate algorithm.

/// The distance of permits, and how far ahead of it they may be taken: T and τ of the algorithm, in nanoseconds.
///
/// The *arrival* is the theoretical time at which the next permit would be taken if all were taken evenly. A
/// permit is there from `arrival − τ` on, and moves the arrival by T, from now at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    pub(super) interval: u64,
    pub(super) tolerance: u64,
}

impl Pace {
    /// Creates the pace of a permit each `interval`, and `burst` at once.
    pub(super) const fn new(interval: u64, burst: u32) -> Self {
        Pace {
            interval,
            tolerance: interval.saturating_mul(burst.saturating_sub(1) as u64),
        }
    }

    /// Returns the pace of a share: a permit each `interval`, and the same share of the burst, but at least one permit.
    ///
    /// The burst takes as long as that of the whole does: its permits are the same share of it.
    #[cfg(feature = "redis-fleet")]
    #[inline]
    pub(super) const fn share(whole: Pace, interval: u64) -> Self {
        Pace {
            interval,
            tolerance: whole
                .tolerance
                .saturating_add(whole.interval)
                .saturating_sub(interval),
        }
    }

    /// Returns the arrival after a change from a former pace.
    ///
    /// At a faster pace the permits that were there stay what they are. At a slower one there are as many fewer as it
    /// is slower: a thread that still has the former pace must not find more of them. A hold ends no earlier; at a
    /// slower pace it ends later, by what the distance of permits grows.
    #[cfg(feature = "redis-fleet")]
    pub(super) fn arrival_after(self, former: Pace, arrival: u64, now: u64) -> u64 {
        let used = arrival.saturating_sub(now);
        let room = |pace: Pace| pace.interval.saturating_add(pace.tolerance);
        let Some(credit) = room(former).checked_sub(used) else {
            return arrival.max(former.slot(arrival).saturating_add(self.tolerance));
        };
        let permits = u128::from(credit) * u128::from(self.interval);
        let same = permits / u128::from(former.interval.max(1));
        let credit = u64::try_from(same).map_or(credit, |same| same.min(credit));
        now.saturating_add(room(self).saturating_sub(credit))
    }

    /// Returns the distance of so many permits in a period, rounded up, since otherwise there were more of them.
    pub(super) const fn interval(permits: u32, period: u64) -> u64 {
        period.div_ceil(permits as u64)
    }

    /// Returns the time from which the next permit is there.
    #[inline]
    pub(super) const fn slot(self, arrival: u64) -> u64 {
        arrival.saturating_sub(self.tolerance)
    }

    /// Returns the arrival after a permit that is taken `now`.
    #[inline]
    pub(super) const fn taken(self, arrival: u64, now: u64) -> u64 {
        let from = if arrival > now { arrival } else { now };
        from.saturating_add(self.interval)
    }

    /// Returns the least arrival of a limiter whose next permit is there at `time`, without a burst after it.
    pub(super) const fn held(self, time: u64) -> u64 {
        time.saturating_add(self.tolerance)
    }

    /// Returns the time from which the permit of a call behind `ahead` others is there.
    pub(super) fn slot_behind(self, arrival: u64, ahead: u64) -> u64 {
        let others = self.interval.saturating_mul(ahead);
        self.slot(arrival.saturating_add(others))
    }
}

#[cfg(all(test, not(persevere_loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_rounded_up() {
        assert_eq!(Pace::interval(3, 1_000_000_000), 333_333_334);
        assert_eq!(Pace::interval(u32::MAX, 1), 1);
    }
}
