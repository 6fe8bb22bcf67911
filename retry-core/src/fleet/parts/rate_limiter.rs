//! A rate limiter of a fleet: its rate and its burst are divided, and its holds are kept by all.

use std::ops::Deref;
use std::time::Duration;

use crate::fleet::share::Divisible;
use crate::rate_limiter::RateLimiter;
use crate::time::ticks::{MILLISECOND, nanos};

/// The whole rate, in millionths.
pub(super) const WHOLE: u64 = 1_000_000;

/// The difference of two holds that are taken for one: as long as an answer may be under way.
const SLACK: u64 = 100 * MILLISECOND;

/// A limiter with what was seen of it at the last exchange.
#[derive(Debug)]
pub(in crate::fleet) struct SharedLimiter<R> {
    limiter: R,
    name: String,
    /// The calls that wanted a permit, and when they were counted.
    wanted: u64,
    counted: u64,
    /// The smoothed demand, in millionths of the rate.
    demand: u64,
    /// The end of the last hold that came from the fleet.
    foreign: u64,
}

impl<R: Deref<Target = RateLimiter>> SharedLimiter<R> {
    pub(in crate::fleet) fn new(limiter: R, name: String) -> Self {
        SharedLimiter {
            limiter,
            name,
            wanted: 0,
            counted: 0,
            demand: 0,
            foreign: 0,
        }
    }

    fn wanted(&self) -> u64 {
        let counts = self.limiter.counts();
        counts.taken + counts.refused
    }
}

impl<R: Deref<Target = RateLimiter> + Send> Divisible for SharedLimiter<R> {
    const KIND: &'static str = "rate_limiter";

    fn name(&self) -> &str {
        &self.name
    }

    fn total(&self) -> u64 {
        match self.limiter.is_divisible() {
            true => WHOLE,
            false => 0,
        }
    }

    /// The share that has one permit of the burst.
    fn least(&self) -> u64 {
        WHOLE.div_ceil(self.limiter.burst_permits().into())
    }

    fn begun(&mut self, now: u64) {
        (self.wanted, self.counted) = (self.wanted(), now);
        self.limiter.begin_share(now);
    }

    fn set(&mut self, share: u64, now: u64) -> u64 {
        self.limiter.set_share(share, now);
        share
    }

    fn demand(&mut self, now: u64) -> u64 {
        let (wanted, since) = (self.wanted(), now.saturating_sub(self.counted));
        if since > 0 {
            // A call that waits still is a demand as long as it does.
            let calls = wanted.saturating_sub(self.wanted) + self.limiter.waiting() as u64;
            let permits = calls as f64 * self.limiter.whole_interval() as f64 / since as f64;
            let newest = (permits * WHOLE as f64) as u64;
            self.demand = (self.demand.min(WHOLE) + newest.min(WHOLE)) / 2;
        }
        (self.wanted, self.counted) = (wanted, now);
        self.demand
    }

    fn hold(&mut self, now: u64) -> u64 {
        let held = nanos(self.limiter.held_for().unwrap_or_default());
        // A hold of the fleet is not reported back: each way would make it longer.
        if now.saturating_add(held) <= self.foreign.saturating_add(SLACK) {
            return 0;
        }
        held / MILLISECOND
    }

    fn hold_for(&mut self, rest: u64, now: u64) {
        let rest = Duration::from_millis(rest);
        let until = now.saturating_add(nanos(rest));
        let own = now.saturating_add(nanos(self.limiter.held_for().unwrap_or_default()));
        if until > own.saturating_add(SLACK) {
            self.foreign = until;
            self.limiter.hold(rest);
        }
    }
}
