//! The metrics of a breaker, beyond failures in a row.

mod count_window;
pub(super) mod in_flight;
mod slice_divider;
mod threshold;
mod time_window;
pub(super) mod window_counts;

use self::in_flight::{CallStart, InFlight};
use self::threshold::Threshold;
use self::window_counts::WindowCounts;
use crate::breaker::cached_clock::CachedClock;
use crate::breaker::call_result::CallResult;
use crate::breaker::settings::{Settings, SlowSettings};
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The metrics of one breaker: one threshold for each rate.
#[derive(Debug)]
pub(in crate::breaker) struct Metrics {
    failed: Option<Threshold>,
    slow: Option<SlowCalls>,
}

/// The threshold of slow calls, with the calls in flight.
#[derive(Debug)]
struct SlowCalls {
    threshold: Threshold,
    longer_than: u64,
    in_flight: InFlight,
    /// The slice in which a beginning call last checked the calls under way.
    asked: AtomicU64,
}

impl Metrics {
    pub(in crate::breaker) fn new(settings: &Settings) -> Self {
        let minimum = settings.least();
        Metrics {
            failed: settings.failed().map(|rate| Threshold::new(rate, minimum)),
            slow: settings
                .slow()
                .map(|SlowSettings { longer_than, rate }| SlowCalls {
                    threshold: Threshold::new(rate, minimum),
                    longer_than,
                    in_flight: InFlight::new(longer_than),
                    asked: AtomicU64::new(0),
                }),
        }
    }

    /// Begins a call in the closed state; returns `None` if too many calls hang.
    pub(in crate::breaker) fn began(
        &self,
        generation: u32,
        clock: fn() -> Instant,
    ) -> Option<CallStart> {
        let Some(slow) = &self.slow else {
            return Some(CallStart::NEVER);
        };
        let clock = &CachedClock::new(clock);
        let now = clock.now();
        let slice = slow.in_flight.slice(now);
        // Relaxed: it only keeps most calls from the check, which is fenced by itself.
        let asked = slow.asked.load(Ordering::Relaxed);
        // Once a slice: calls that hang never end, and so cannot make the check.
        if asked != slice && self.claims(slow, asked, slice) {
            let counts = slow.counts(generation, clock);
            if slow.threshold.trips(counts) {
                return None;
            }
        }
        Some(slow.in_flight.begin(generation, now, slice))
    }

    fn claims(&self, slow: &SlowCalls, asked: u64, slice: u64) -> bool {
        // Relaxed: the exchange elects one call a slice, and publishes nothing.
        let order = Ordering::Relaxed;
        let exchange = slow.asked.compare_exchange(asked, slice, order, order);
        exchange.is_ok()
    }

    /// Returns the result of a probe that has succeeded: a slow one is a failure.
    pub(in crate::breaker) fn probe_result(
        &self,
        start: CallStart,
        clock: &CachedClock,
    ) -> CallResult {
        match &self.slow {
            Some(slow) if slow.took_too_long(start, clock) => CallResult::Failure,
            _ => CallResult::Success,
        }
    }

    /// Records the success of a call in the closed state; returns whether it was one slow call too many.
    pub(in crate::breaker) fn succeeded(
        &self,
        generation: u32,
        start: CallStart,
        clock: fn() -> Instant,
    ) -> bool {
        let clock = &CachedClock::new(clock);
        if let Some(slow) = &self.slow {
            return self.succeeded_in_time(slow, generation, start, clock);
        }
        if let Some(failed) = &self.failed {
            failed.good(generation, clock);
        }
        false
    }

    #[inline(never)]
    fn succeeded_in_time(
        &self,
        slow: &SlowCalls,
        generation: u32,
        start: CallStart,
        clock: &CachedClock,
    ) -> bool {
        if let Some(failed) = &self.failed {
            failed.good(generation, clock);
        }
        slow.ended(generation, start, clock)
    }

    /// Records the end of a call in the closed state; returns whether it was one too many.
    pub(in crate::breaker) fn ended(
        &self,
        generation: u32,
        start: CallStart,
        result: CallResult,
        clock: &CachedClock,
    ) -> bool {
        let slow = self.slow.as_ref();
        if result == CallResult::Ignored {
            slow.iter()
                .for_each(|slow| slow.in_flight.end(generation, start));
            return false;
        }
        let slow = slow.is_some_and(|slow| slow.ended(generation, start, clock));
        let failed = self.failed.as_ref().is_some_and(|failed| {
            if result == CallResult::Success {
                failed.good(generation, clock);
                return false;
            }
            failed.bad(generation, clock);
            failed.trips(failed.counts(generation, clock))
        });
        slow || failed
    }

    /// Forgets earlier calls, before the breaker is closed in an epoch of this generation.
    ///
    /// It does so only while the word is `still` the same: a late thread must not erase the counts of the new
    /// epoch.
    pub(in crate::breaker) fn begin(&self, generation: u32, still: &dyn Fn() -> bool) {
        if let Some(failed) = &self.failed {
            failed.begin(generation, still);
        }
        if let Some(slow) = &self.slow {
            slow.threshold.begin(generation, still);
            slow.in_flight.clear(still);
        }
    }

    pub(in crate::breaker) fn failed(
        &self,
        generation: u32,
        clock: &CachedClock,
    ) -> Option<WindowCounts> {
        self.failed
            .as_ref()
            .map(|threshold| threshold.counts(generation, clock))
    }

    pub(in crate::breaker) fn slow(
        &self,
        generation: u32,
        clock: &CachedClock,
    ) -> Option<WindowCounts> {
        self.slow
            .as_ref()
            .map(|slow| slow.counts(generation, clock))
    }
}

impl SlowCalls {
    fn took_too_long(&self, start: CallStart, clock: &CachedClock) -> bool {
        clock.now().saturating_sub(start.at) > self.longer_than
    }

    /// Records the end of a call; returns whether it was one slow call too many.
    #[inline(always)]
    fn ended(&self, generation: u32, start: CallStart, clock: &CachedClock) -> bool {
        self.in_flight.end(generation, start);
        if !self.took_too_long(start, clock) {
            self.threshold.good(generation, clock);
            return false;
        }
        self.threshold.bad(generation, clock);
        self.threshold.trips(self.counts(generation, clock))
    }

    /// Counts the slow calls among those that have ended, and those under way that are slow already.
    fn counts(&self, generation: u32, clock: &CachedClock) -> WindowCounts {
        let ended = self.threshold.counts(generation, clock);
        let overdue = self.in_flight.overdue(generation, clock.now());
        WindowCounts {
            calls: ended.calls + overdue,
            bad: ended.bad + overdue,
        }
    }
}
