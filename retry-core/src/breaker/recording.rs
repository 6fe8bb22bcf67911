//! Recording of the results of calls.

use std::time::Duration;

use super::breaker_state::LONGEST_REST;
use super::cached_clock::CachedClock;
use super::call_result::CallResult;
use super::change::Cause;
use super::circuit_breaker::CircuitBreaker;
use super::counts::add;
use super::epoch::{Entered, Epoch};
use super::failure_kind::{FailureKind, Name, Unknown, too_slow};
use super::metrics::Metrics;
use super::metrics::in_flight::CallStart;
use super::packed::{MOST_FAILURES, PackedState};
use super::reason::Reason;
use super::state::State;
use crate::time::clock::Instant;
use crate::time::ticks::{nanos, ticks};
use crate::util::sync::atomic::Ordering;

impl CircuitBreaker {
    /// Records the result of a call that `entered` in this epoch; a failure is of this kind.
    #[inline]
    pub(super) fn leave<K: FailureKind>(
        &self,
        entered: Entered,
        start: CallStart,
        result: CallResult,
        clock: fn() -> Instant,
    ) {
        let word = self.load();
        if result != CallResult::Success || !word.is_calm() {
            self.record_slow_path::<K>(entered, start, result, clock);
        } else if self.counts_successes {
            match self.times {
                true => self.record_timed_success(entered, start, clock),
                false => self.record_counted_success(entered, clock),
            }
        }
    }

    /// Records a success for a breaker with a failure rate, in whose state it changes nothing else.
    #[inline(never)]
    fn record_counted_success(&self, entered: Entered, clock: fn() -> Instant) {
        match self.metrics_of(entered) {
            Some(metrics) => metrics.succeeded(entered.word.generation(), clock),
            None => {
                let (start, result) = (CallStart::NEVER, CallResult::Success);
                self.record_slow_path::<Unknown>(entered, start, result, clock);
            }
        }
    }

    /// Records a success for a breaker with a rate of slow calls, in whose state it changes nothing else unless it
    /// was slow.
    #[inline(never)]
    fn record_timed_success(&self, entered: Entered, start: CallStart, clock: fn() -> Instant) {
        let Some(metrics) = self.metrics_of(entered) else {
            return self.record_slow_path::<Unknown>(entered, start, CallResult::Success, clock);
        };
        let generation = entered.word.generation();
        if metrics.succeeded_in_time(generation, start, clock) {
            self.open_slow(entered, metrics, &CachedClock::new(clock));
        }
    }

    /// Opens the breaker, since too many calls were slow.
    #[cold]
    fn open_slow(&self, entered: Entered, metrics: &Metrics, clock: &CachedClock) {
        let counts = metrics.slow(entered.word.generation(), clock);
        let cause = |_| Cause {
            reason: Reason::SlowCallRate(counts.unwrap_or_default()),
            last_failure: Some(too_slow()),
        };
        self.transition(entered.epoch(), clock, cause, PackedState::opened);
    }

    /// Returns the metrics, if they are made and the word is still that of the entry.
    #[inline(always)]
    fn metrics_of(&self, entered: Entered) -> Option<&Metrics> {
        // The same word, and no epoch since: so it is the same epoch.
        let same = self.entered(self.load()) == entered;
        self.metrics
            .get()
            .filter(|_| same)
            .map(|metrics| &**metrics)
    }

    /// Records the drop of a call's permit: also by a panic, which need not be the call's.
    #[cold]
    pub(super) fn record_dropped(
        &self,
        entered: Entered,
        start: CallStart,
        clock: fn() -> Instant,
    ) {
        self.record_slow_path::<Unknown>(entered, start, CallResult::Ignored, clock);
    }

    /// Records the rest that a failure asks for.
    ///
    /// It counts for the opening that the failure leads to, and for an earlier opening during its call.
    #[cold]
    pub(super) fn record_rest(&self, entered: Epoch, rest: Duration, clock: fn() -> Instant) {
        let word = self.load();
        let opened = word.state() == State::Open
            && match entered.is(State::HalfOpen) {
                // Relaxed: as `newest` in `epoch`, written before the word that was acquired.
                true => entered.number() >= self.probing.load(Ordering::Relaxed),
                false => self.epoch(word).number() == entered.number() + 1,
            };
        if opened || self.lasts(word, entered) {
            let rest = nanos(rest).min(LONGEST_REST);
            let until = ticks(clock()).saturating_add(rest);
            // Relaxed: a change that the rest leads to is made by this thread, and releases it. For another
            // change it is in time even if it is seen a moment later.
            self.parts().rest.fetch_max(until, Ordering::Relaxed);
        }
    }

    #[inline(never)]
    fn record_slow_path<K: FailureKind>(
        &self,
        entered: Entered,
        start: CallStart,
        result: CallResult,
        clock: fn() -> Instant,
    ) {
        let kind = K::NAME.filter(|_| result == CallResult::Failure);
        self.record_result(entered, start, result, kind, clock);
    }

    fn record_result(
        &self,
        entered: Entered,
        start: CallStart,
        told: CallResult,
        kind: Option<Name>,
        clock: fn() -> Instant,
    ) {
        let (entered, mut result) = (entered.epoch(), told);
        if entered.is(State::Disabled) {
            return;
        }
        match result {
            CallResult::Success => {}
            CallResult::Failure => add(&self.parts().counters.failures),
            CallResult::Ignored => add(&self.parts().counters.ignored),
        }
        let word = self.load();
        if !self.lasts(word, entered) {
            return;
        }
        let clock = &CachedClock::new(clock);
        let mut trips = None;
        if let Some(metrics) = self.metrics() {
            match word.state() {
                State::Closed | State::MetricsOnly => {
                    trips = metrics.ended(word.generation(), start, result, clock);
                }
                State::HalfOpen if result == CallResult::Success => {
                    result = metrics.probe_result(start, clock);
                }
                _ => {}
            }
        }
        let failed = result == CallResult::Failure || trips.is_some();
        let quiet = failed && self.is_quiet(word, clock);
        let trips = trips.filter(|_| !quiet);
        // A success can only be too slow.
        let slow = (failed && told == CallResult::Success).then_some(too_slow as Name);
        let cause = |word: PackedState| Cause {
            reason: match word.state() {
                State::HalfOpen if result == CallResult::Success => Reason::ProbesSucceeded,
                State::HalfOpen => Reason::ProbeFailed,
                _ => trips.unwrap_or(Reason::FailuresInARow {
                    failures: word.consecutive_failures() + 1,
                }),
            },
            last_failure: kind.or(slow).map(|kind| kind()),
        };
        self.transition(entered, clock, cause, |word| match (word.state(), result) {
            (State::Closed | State::MetricsOnly, _) if trips.is_some() => word.tripped(),
            (State::Closed | State::MetricsOnly, CallResult::Success) => {
                word.with_consecutive_failures(0)
            }
            (State::Closed | State::MetricsOnly, CallResult::Failure) => self.failed(word, quiet),
            (State::HalfOpen, CallResult::Success) => self.probe_succeeded(word),
            (State::HalfOpen, CallResult::Failure) => self.probe_failed(word),
            // A probe that was taken for lost holds no permit that it could return.
            (State::HalfOpen, CallResult::Ignored) if self.epoch(word) == entered => {
                word.returned()
            }
            _ => word,
        });
    }

    /// Returns whether it has told that it would have opened, and would still be open.
    pub(super) fn is_quiet(&self, word: PackedState, clock: &CachedClock) -> bool {
        word.would_be_open() && self.time_left(word, clock).is_some()
    }

    fn failed(&self, word: PackedState, quiet: bool) -> PackedState {
        let row = (word.consecutive_failures() + 1).min(MOST_FAILURES);
        match self.settings.threshold() {
            Some(threshold) if row >= threshold && !quiet => word.tripped(),
            Some(_) => word.with_consecutive_failures(row),
            None => word,
        }
    }

    fn probe_succeeded(&self, word: PackedState) -> PackedState {
        let word = word.succeeded();
        if word.successes() < self.settings.needed() {
            word
        } else if self.settings.ramp_nanos() > 0 {
            word.ramped()
        } else {
            word.next(State::Closed)
        }
    }

    fn probe_failed(&self, word: PackedState) -> PackedState {
        let word = word.failed();
        let may_fail = self.settings.permits() - self.settings.needed();
        if word.failures() > may_fail {
            word.opened()
        } else {
            word
        }
    }
}
