//! The share of a limiter that one process of a fleet holds.

use super::gcra::Pace;
use super::rate_limiter::RateLimiter;
use crate::util::sync::atomic::Ordering;

/// The whole of a limiter, in millionths.
const WHOLE: u64 = 1_000_000;

/// The longest distance of permits: that of a share of 0.
const LONGEST: u64 = 1 << 60;

impl RateLimiter {
    /// Returns whether it has a rate that can be divided: one that is not learned.
    pub(crate) fn is_divisible(&self) -> bool {
        self.pace.interval > 0 && !self.settings.is_adaptive()
    }

    /// Returns the permits that it gives out at once.
    pub(crate) const fn burst_permits(&self) -> u32 {
        self.settings.permits_at_once()
    }

    /// Returns the distance of permits at the whole rate, in nanoseconds.
    pub(crate) const fn whole_interval(&self) -> u64 {
        self.pace.interval
    }

    /// Lets one permit out if it has given out none: a process that starts has its first call at once.
    pub(crate) fn begin_share(&self, now: u64) {
        if self.is_divisible() && self.counts().taken == 0 && self.held_for().is_none() {
            let pace = self.pace();
            let one = pace.held(now);
            self.state()
                .word
                .update(|word| (word.arrival() > one).then_some(one));
        }
    }

    /// Limits it to a share of its rate and of its burst, in millionths.
    ///
    /// A share that grows does not begin with a burst, since another process may just have used that: the permits that
    /// it had to give out stay what they are. Where it shrinks, they shrink with it. A hold ends no earlier.
    pub(crate) fn set_share(&self, share: u64, now: u64) {
        if !self.is_divisible() {
            return;
        }
        let former = self.pace();
        // Rounded up, since otherwise all shares together had more than the whole.
        let interval =
            (u128::from(self.pace.interval) * u128::from(WHOLE)).div_ceil(u128::from(share.max(1)));
        let interval = u64::try_from(interval).map_or(LONGEST, |interval| interval.min(LONGEST));
        if interval == former.interval {
            return;
        }
        let first = self.state().locked(|shared| {
            let pace = Pace::share(self.pace, interval);
            // Relaxed: it is written before the lock is taken, or under it.
            let held_until = self.state().held_until.load(Ordering::Relaxed);
            let held = if held_until > now {
                pace.held(held_until)
            } else {
                0
            };
            let arrival = |arrival: u64| pace.arrival_after(former, arrival, now).max(held);
            // The arrival does not come earlier, whichever way: a thread that has it with the former pace finds no
            // permit too early.
            self.state()
                .word
                .update(|word| Some(arrival(word.arrival())));
            // Release: pairs with the acquire in `pace`. A thread that has the new pace has the new arrival too.
            self.state().learned.store(interval, Ordering::Release);
            shared.line.call_first()
        });
        if let Some(first) = first {
            first.wake();
        }
    }
}
