//! What a breaker remembers of calls, beyond failures in a row.

use super::Weight;
use super::flights::{Departure, Flights};
use super::reading::Reading;
use super::rule::Rule;
use super::settings::{Settings, Slow};
use super::share::Share;
use crate::sync::atomic::{AtomicU64, Ordering};

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

    /// A call begins in the closed state; `None` if those under way have become too many.
    pub(super) fn begin(&self, generation: u32, clock: &Reading) -> Option<Departure> {
        let Some(slow) = &self.slow else {
            return Some(Departure::default());
        };
        let slice = slow.flights.slice(clock.now());
        let asked = slow.asked.load(Ordering::Relaxed);
        // Once a slice: calls that hang end no call that could ask.
        if asked != slice && self.claims(slow, asked, slice) {
            let share = slow.share(generation, clock);
            if slow.rule.trips(share) {
                return None;
            }
        }
        Some(slow.flights.begin(generation, clock.now()))
    }

    fn claims(&self, slow: &SlowRule, asked: u64, slice: u64) -> bool {
        let order = Ordering::Relaxed;
        let exchange = slow.asked.compare_exchange(asked, slice, order, order);
        exchange.is_ok()
    }

    /// Whether a call was slow.
    pub(super) fn was_slow(&self, departure: Departure, clock: &Reading) -> bool {
        self.slow
            .as_ref()
            .is_some_and(|slow| clock.now().saturating_sub(departure.at) > slow.threshold)
    }

    /// A call of the closed state has ended; whether that is one too many.
    #[inline]
    pub(super) fn end(
        &self,
        generation: u32,
        departure: Departure,
        weight: Weight,
        clock: &Reading,
    ) -> bool {
        let mut trips = false;
        if let Some(slow) = &self.slow {
            slow.flights.end(generation, departure);
            if weight == Weight::Ignored {
            } else if self.was_slow(departure, clock) {
                slow.rule.bad(generation, clock);
                trips |= slow.rule.trips(slow.share(generation, clock));
            } else {
                slow.rule.good(generation, clock);
            }
        }
        if let Some(failed) = &self.failed {
            match weight {
                Weight::Success => failed.good(generation, clock),
                Weight::Failure => {
                    failed.bad(generation, clock);
                    trips |= failed.trips(failed.share(generation, clock));
                }
                Weight::Ignored => {}
            }
        }
        trips
    }

    /// The breaker is about to be closed.
    pub(super) fn anew(&self) {
        self.failed.iter().for_each(Rule::begin);
        self.slow.iter().for_each(|slow| slow.rule.begin());
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
