//! The metrics of a breaker, beyond failures in a row.

mod count_window;
pub(super) mod in_flight;
mod period;
mod rings;
mod slice_divider;
mod slices;
mod threshold;
mod time_window;
pub(super) mod window_counts;

use self::in_flight::{CallStart, InFlight};
use self::period::Period;
use self::rings::{Rings, ThreadRings};
use self::threshold::Threshold;
use self::window_counts::WindowCounts;
use crate::breaker::cached_clock::CachedClock;
use crate::breaker::call_result::CallResult;
use crate::breaker::reason::Reason;
use crate::breaker::settings::{Settings, SlowSettings};
use crate::time::clock::Instant;
use crate::time::ticks::ticks;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The metrics of one breaker: one threshold for each rate, and the failures in a period.
#[derive(Debug)]
pub(in crate::breaker) struct Metrics {
    failed: Option<Threshold>,
    slow: Option<SlowCalls>,
    /// Apart, since few breakers have one.
    period: Option<Box<Period>>,
    rings: Rings,
}

/// The counts of windows that a snapshot has kept.
#[derive(Clone, Copy, Debug)]
pub(in crate::breaker) struct SavedCounts {
    pub(in crate::breaker) failed: Option<WindowCounts>,
    pub(in crate::breaker) slow: Option<WindowCounts>,
    pub(in crate::breaker) in_period: Option<u64>,
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
        let mut places = 0..;
        let mut place = || places.next().unwrap_or_default();
        let failed = settings
            .failed()
            .map(|rate| Threshold::new(rate, minimum, place()));
        let slow = settings
            .slow()
            .map(|SlowSettings { longer_than, rate }| SlowCalls {
                threshold: Threshold::new(rate, minimum, place()),
                longer_than,
                in_flight: InFlight::new(longer_than, place()),
                asked: AtomicU64::new(0),
            });
        Metrics {
            failed,
            slow,
            period: settings.in_period().map(Period::new).map(Box::new),
            rings: Rings::new(place()),
        }
    }

    /// Begins a timed call in the closed state; returns `None` if too many calls hang.
    #[inline(always)]
    pub(in crate::breaker) fn began(
        &self,
        generation: u32,
        clock: fn() -> Instant,
    ) -> Option<CallStart> {
        let Some(slow) = &self.slow else {
            return Some(CallStart::NEVER);
        };
        let now = ticks(clock()).min(CallStart::LATEST);
        let slice = slow.in_flight.slice(now);
        // Relaxed: it only keeps most calls from the check, which is fenced by itself.
        let asked = slow.asked.load(Ordering::Relaxed);
        // Once a slice: calls that hang never end, and so cannot make the check.
        if asked != slice && self.hangs(slow, asked, slice, generation, now) {
            return None;
        }
        let rings = self.rings.mine();
        Some(slow.in_flight.begin(rings, generation, now, slice))
    }

    /// Returns whether too many calls hang, to the first call that asks in a slice.
    #[cold]
    fn hangs(&self, slow: &SlowCalls, asked: u64, slice: u64, generation: u32, now: u64) -> bool {
        // Relaxed: the exchange elects one call a slice, and publishes nothing.
        let order = Ordering::Relaxed;
        let elected = slow.asked.compare_exchange(asked, slice, order, order);
        let clock = &CachedClock::at(now);
        elected.is_ok()
            && slow
                .threshold
                .trips(slow.counts(&self.rings, generation, clock))
    }

    /// Returns the start of a probe.
    pub(in crate::breaker) fn probe_start(&self, clock: &CachedClock) -> CallStart {
        match &self.slow {
            Some(_) => CallStart::uncounted(clock.now()),
            None => CallStart::NEVER,
        }
    }

    /// Returns the result of a probe that has succeeded: a slow one is a failure.
    pub(in crate::breaker) fn probe_result(
        &self,
        start: CallStart,
        clock: &CachedClock,
    ) -> CallResult {
        match &self.slow {
            Some(slow) if slow.took_too_long(start, clock.now()) => CallResult::Failure,
            _ => CallResult::Success,
        }
    }

    /// Records the success of a call that is not timed, in the closed state.
    #[inline(always)]
    pub(in crate::breaker) fn succeeded(&self, generation: u32, clock: fn() -> Instant) {
        if let Some(failed) = &self.failed {
            failed.good_now(&self.rings, generation, clock);
        }
    }

    /// Records the success of a timed call in the closed state; returns whether it was one slow call too many.
    #[inline(always)]
    pub(in crate::breaker) fn succeeded_in_time(
        &self,
        generation: u32,
        start: CallStart,
        clock: fn() -> Instant,
    ) -> bool {
        let (now, rings) = (ticks(clock()), self.rings.mine());
        if let Some(failed) = &self.failed {
            failed.good(rings, generation, || now);
        }
        match &self.slow {
            Some(slow) => slow.ended(&self.rings, rings, generation, start, now),
            None => false,
        }
    }

    /// Records the end of a call in the closed state; returns the reason to open if it was one too many.
    pub(in crate::breaker) fn ended(
        &self,
        generation: u32,
        start: CallStart,
        result: CallResult,
        clock: &CachedClock,
    ) -> Option<Reason> {
        let rings = self.rings.mine();
        if result == CallResult::Ignored {
            if let Some(slow) = &self.slow {
                slow.in_flight.end(rings, generation, start);
            }
            return None;
        }
        let slow = self.slow.as_ref();
        let slow =
            slow.is_some_and(|slow| slow.ended(&self.rings, rings, generation, start, clock.now()));
        let failed = self.failed.as_ref().is_some_and(|failed| {
            if result == CallResult::Success {
                failed.good(rings, generation, || clock.now());
                return false;
            }
            failed.bad(&self.rings, generation, clock);
            failed.is_reached(&self.rings, generation, clock)
        });
        let period = self.period.as_ref();
        let period = period.filter(|_| result == CallResult::Failure);
        let too_many = period.is_some_and(|period| period.failed(generation, clock));
        // The figures are read once more, by the few calls that open a breaker.
        if slow {
            self.slow(generation, clock).map(Reason::SlowCallRate)
        } else if failed {
            self.failed(generation, clock).map(Reason::FailureRate)
        } else if too_many {
            let failures = self.in_period(generation, clock).unwrap_or(0);
            Some(Reason::FailuresInPeriod { failures })
        } else {
            None
        }
    }

    /// Forgets earlier calls, before the breaker is closed in an epoch of this generation.
    ///
    /// It does so only while the word is `still` the same: a late thread must not erase the counts of the new
    /// epoch.
    pub(in crate::breaker) fn begin(&self, generation: u32, still: &dyn Fn() -> bool) {
        if let Some(failed) = &self.failed {
            failed.begin(&self.rings, generation, still);
        }
        if let Some(slow) = &self.slow {
            slow.threshold.begin(&self.rings, generation, still);
            slow.in_flight.clear(&self.rings, still);
        }
        if let Some(period) = &self.period {
            period.clear(still);
        }
    }

    /// Counts calls of another process, at the beginning of an epoch, while it is `still` the same.
    pub(in crate::breaker) fn restore(
        &self,
        generation: u32,
        saved: &SavedCounts,
        clock: &CachedClock,
        still: &dyn Fn() -> bool,
    ) {
        let slow = self.slow.as_ref().map(|slow| &slow.threshold);
        for (threshold, counts) in [(self.failed.as_ref(), saved.failed), (slow, saved.slow)] {
            if let Some((threshold, counts)) = threshold.zip(counts) {
                threshold.restore(&self.rings, generation, counts, clock, still);
            }
        }
        if let Some((period, failures)) = self.period.as_ref().zip(saved.in_period) {
            period.restore(generation, failures, clock);
        }
    }

    pub(in crate::breaker) fn in_period(
        &self,
        generation: u32,
        clock: &CachedClock,
    ) -> Option<u64> {
        let period = self.period.as_ref();
        period.map(|period| period.count(generation, clock))
    }

    pub(in crate::breaker) fn failed(
        &self,
        generation: u32,
        clock: &CachedClock,
    ) -> Option<WindowCounts> {
        self.failed
            .as_ref()
            .map(|threshold| threshold.counts(&self.rings, generation, clock))
    }

    pub(in crate::breaker) fn slow(
        &self,
        generation: u32,
        clock: &CachedClock,
    ) -> Option<WindowCounts> {
        self.slow
            .as_ref()
            .map(|slow| slow.counts(&self.rings, generation, clock))
    }
}

impl SlowCalls {
    #[inline(always)]
    fn took_too_long(&self, start: CallStart, now: u64) -> bool {
        let longer = |at: u64| now.saturating_sub(at) > self.longer_than;
        start.at().is_some_and(longer)
    }

    /// Records the end of a call; returns whether it was one slow call too many.
    #[inline(always)]
    fn ended(
        &self,
        all: &Rings,
        rings: ThreadRings<'_>,
        generation: u32,
        start: CallStart,
        now: u64,
    ) -> bool {
        self.in_flight.end(rings, generation, start);
        if self.took_too_long(start, now) {
            return self.was_slow(all, generation, now);
        }
        self.threshold.good(rings, generation, || now);
        false
    }

    /// Records a slow call; returns whether it was one too many.
    #[cold]
    fn was_slow(&self, rings: &Rings, generation: u32, now: u64) -> bool {
        let clock = &CachedClock::at(now);
        self.threshold.bad(rings, generation, clock);
        self.threshold.trips(self.counts(rings, generation, clock))
    }

    /// Counts the slow calls among those that have ended, and those under way that are slow already.
    fn counts(&self, rings: &Rings, generation: u32, clock: &CachedClock) -> WindowCounts {
        let ended = self.threshold.counts(rings, generation, clock);
        let overdue = self.in_flight.overdue(rings, generation, clock.now());
        WindowCounts {
            calls: ended.calls + overdue,
            bad: ended.bad + overdue,
        }
    }
}
