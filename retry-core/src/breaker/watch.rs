//! What a breaker remembers of calls, beyond failures in a row.

use super::Weight;
use super::flights::{Departure, Flights};
use super::reading::Reading;
use super::rule::Rule;
use super::settings::{Settings, Slow};
use super::share::Share;
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub(super) struct Watch {
    failed: Option<Rule>,
    slow: Option<SlowRule>,
}

#[derive(Debug)]
struct SlowRule {
    rule: Rule,
    threshold: u64,
    flights: Flights,
    /// The slice in which it was last asked for calls under way.
    asked: AtomicU64,
}

impl Watch {
    pub(super) fn new(settings: &Settings) -> Self {
        let minimum = settings.least();
        Watch {
            failed: settings.failed().map(|rate| Rule::new(rate, minimum)),
            slow: settings.slow().map(|Slow { threshold, rate }| SlowRule {
                rule: Rule::new(rate, minimum),
                threshold,
                flights: Flights::new(threshold),
                asked: AtomicU64::new(0),
            }),
        }
    }

    /// A call begins in the closed state; `None` if too many hang.
    pub(super) fn began(&self, generation: u32, clock: fn() -> Instant) -> Option<Departure> {
        let Some(slow) = &self.slow else {
            return Some(Departure::NEVER);
        };
        let clock = &Reading::new(clock);
        let now = clock.now();
        let slice = slow.flights.slice(now);
        // Relaxed: it only keeps most calls from asking; what they ask for is fenced by itself.
        let asked = slow.asked.load(Ordering::Relaxed);
        // Once a slice: calls that hang end no call that could ask.
        if asked != slice && self.claims(slow, asked, slice) {
            let share = slow.share(generation, clock);
            if slow.rule.trips(share) {
                return None;
            }
        }
        Some(slow.flights.begin(generation, now, slice))
    }

    fn claims(&self, slow: &SlowRule, asked: u64, slice: u64) -> bool {
        let order = Ordering::Relaxed;
        let exchange = slow.asked.compare_exchange(asked, slice, order, order);
        exchange.is_ok()
    }

    /// A probe has succeeded, but a slow one has failed.
    pub(super) fn weight_of_probe(&self, departure: Departure, clock: &Reading) -> Weight {
        match &self.slow {
            Some(slow) if slow.took_too_long(departure, clock) => Weight::Failure,
            _ => Weight::Success,
        }
    }

    /// A call of the closed state has succeeded; whether it was one slow call too many.
    pub(super) fn succeeded(
        &self,
        generation: u32,
        departure: Departure,
        clock: fn() -> Instant,
    ) -> bool {
        let clock = &Reading::new(clock);
        if let Some(slow) = &self.slow {
            return self.succeeded_in_time(slow, generation, departure, clock);
        }
        if let Some(failed) = &self.failed {
            failed.good(generation, clock);
        }
        false
    }

    #[inline(never)]
    fn succeeded_in_time(
        &self,
        slow: &SlowRule,
        generation: u32,
        departure: Departure,
        clock: &Reading,
    ) -> bool {
        if let Some(failed) = &self.failed {
            failed.good(generation, clock);
        }
        slow.ended(generation, departure, clock)
    }

    /// A call of the closed state has ended; whether it was one too many.
    pub(super) fn ended(
        &self,
        generation: u32,
        departure: Departure,
        weight: Weight,
        clock: &Reading,
    ) -> bool {
        let slow = self.slow.as_ref();
        if weight == Weight::Ignored {
            slow.iter()
                .for_each(|slow| slow.flights.end(generation, departure));
            return false;
        }
        let slow = slow.is_some_and(|slow| slow.ended(generation, departure, clock));
        let failed = self.failed.as_ref().is_some_and(|failed| {
            if weight == Weight::Success {
                failed.good(generation, clock);
                return false;
            }
            failed.bad(generation, clock);
            failed.trips(failed.share(generation, clock))
        });
        slow || failed
    }

    /// The breaker is about to be closed, in a stay of this generation. What it knows is forgotten as long
    /// as it is `still` as it was: a thread that comes late must not forget what the stay has counted since.
    pub(super) fn begin(&self, generation: u32, still: &dyn Fn() -> bool) {
        if let Some(failed) = &self.failed {
            failed.begin(generation, still);
        }
        if let Some(slow) = &self.slow {
            slow.rule.begin(generation, still);
            slow.flights.clear(still);
        }
    }

    pub(super) fn failed(&self, generation: u32, clock: &Reading) -> Option<Share> {
        self.failed
            .as_ref()
            .map(|rule| rule.share(generation, clock))
    }

    pub(super) fn slow(&self, generation: u32, clock: &Reading) -> Option<Share> {
        self.slow.as_ref().map(|slow| slow.share(generation, clock))
    }
}

impl SlowRule {
    fn took_too_long(&self, departure: Departure, clock: &Reading) -> bool {
        clock.now().saturating_sub(departure.at) > self.threshold
    }

    /// A call has ended; whether it was one slow call too many.
    #[inline(always)]
    fn ended(&self, generation: u32, departure: Departure, clock: &Reading) -> bool {
        self.flights.end(generation, departure);
        if !self.took_too_long(departure, clock) {
            self.rule.good(generation, clock);
            return false;
        }
        self.rule.bad(generation, clock);
        self.rule.trips(self.share(generation, clock))
    }

    /// The slow ones among the calls that have ended, and those that will be.
    fn share(&self, generation: u32, clock: &Reading) -> Share {
        let ended = self.rule.share(generation, clock);
        let overdue = self.flights.overdue(generation, clock.now());
        Share {
            calls: ended.calls + overdue,
            bad: ended.bad + overdue,
        }
    }
}
