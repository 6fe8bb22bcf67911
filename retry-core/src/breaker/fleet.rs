//! Orders of a fleet: it opens and closes a breaker, and moves the end of its open time.
//!
//! A fleet acts on what it saw a moment ago. So each order is for one stay in a state, and changes nothing once that is
//! over. Calls do not read more than without a fleet.

use super::cached_clock::CachedClock;
use super::change::Cause;
use super::circuit_breaker::CircuitBreaker;
use super::epoch::Epoch;
use super::metrics::window_counts::WindowCounts;
use super::packed::PackedState;
use super::reason::Reason;
use super::state::State;
use crate::util::sync::atomic::Ordering;

/// A stay in a state, as a fleet sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    epoch: Epoch,
    pub(crate) state: State,
    /// The open time that is left, in ticks; 0 in other states.
    pub(crate) left: u64,
}

impl Stay {
    /// Returns whether both are one stay.
    pub(crate) fn same(self, other: Stay) -> bool {
        self.epoch == other.epoch
    }
}

impl CircuitBreaker {
    /// Returns the stay in which it is.
    pub(crate) fn stay(&self, now: u64) -> Stay {
        let word = self.load();
        let left = match word.state() {
            State::Open => self.time_left(word, &CachedClock::at(now)),
            _ => None,
        };
        Stay {
            epoch: self.epoch(word),
            state: word.state(),
            left: left.unwrap_or(0),
        }
    }

    /// Returns the open time of a first opening, in ticks.
    pub(crate) fn first_open_time(&self) -> u64 {
        self.settings.open_nanos(1)
    }

    /// Returns the longest open time, in ticks.
    pub(crate) fn longest_open_time(&self) -> u64 {
        self.settings.longest_open_nanos()
    }

    /// Returns the failure rate that opens it, and the calls before which it does not count.
    pub(crate) fn rate(&self) -> Option<(f64, u32)> {
        let failed = self.settings.failed()?;
        let least = self.settings.least();
        Some((failed.rate, least.unwrap_or(failed.window.enough())))
    }

    /// Returns the calls and the failures in the window of its failure rate, since it was closed.
    pub(crate) fn window(&self, now: u64) -> WindowCounts {
        let word = self.load();
        let closed = word.state() == State::Closed;
        // Not made here: without a call it has counted nothing.
        let metrics = self.metrics.get().filter(|_| closed);
        let failed =
            metrics.and_then(|metrics| metrics.failed(word.generation(), &CachedClock::at(now)));
        failed.unwrap_or_default()
    }

    /// Opens it until a time, at most its own open time away, and returns the new stay.
    pub(crate) fn open_by_fleet(&self, stay: Stay, until: u64, now: u64) -> Option<Stay> {
        let (word, next) = self.order(stay, State::Closed, PackedState::opened)?;
        let left = until.saturating_sub(now).min(self.duration_of(next));
        self.write_end(next, now.saturating_add(left));
        self.after_transition(word, next.end_written(), by_fleet, &CachedClock::at(now));
        Some(self.begun(next, left))
    }

    /// Closes it, with its ramp, and returns the new stay. Probes that are under way count no more.
    pub(crate) fn close_by_fleet(&self, stay: Stay, now: u64) -> Option<Stay> {
        let closed = |word: PackedState| match self.settings.ramp_nanos() {
            0 => word.next(State::Closed),
            _ => word.ramped(),
        };
        let (word, next) = self.order(stay, stay.state, closed)?;
        self.after_transition(word, next, by_fleet, &CachedClock::at(now));
        Some(self.begun(next, 0))
    }

    /// Moves the end of its open time to a later one.
    pub(crate) fn postpone(&self, stay: Stay, until: u64, now: u64) {
        self.move_end(stay, now, |end| end.max(until));
    }

    /// Ends its open time, so that the next call is a probe: one that waits, if one does.
    pub(crate) fn release(&self, stay: Stay, now: u64) {
        if self.move_end(stay, now, |end| end.min(now)) {
            self.wait_queue.wake(false);
        }
    }

    /// Makes a transition of a stay that lasts and is in this state; returns the word before and after.
    fn order(
        &self,
        stay: Stay,
        from: State,
        next: impl Fn(PackedState) -> PackedState,
    ) -> Option<(PackedState, PackedState)> {
        let mut word = self.load();
        while word.state() == from && self.lasts(word, stay.epoch) {
            match self.exchange(word, next(word)) {
                Ok(()) => return Some((word, next(word))),
                Err(seen) => word = seen,
            }
        }
        None
    }

    fn begun(&self, word: PackedState, left: u64) -> Stay {
        Stay {
            epoch: self.epoch(word),
            state: word.state(),
            left,
        }
    }

    /// Moves the end of an open stay; returns whether that changed it.
    ///
    /// A call that was admitted at the former end a moment before has its probe.
    fn move_end(&self, stay: Stay, now: u64, end: impl Fn(u64) -> u64) -> bool {
        loop {
            // Acquire: pairs with the release below and in `write_end`. A thread that sees the end of a later stay
            // sees its word too, and so that this one is over. An end of a later stay that is written from here on
            // makes the exchange fail, unless it is the same to the nanosecond.
            let before = self.until.load(Ordering::Acquire);
            let word = self.load();
            if word.state() != State::Open || !self.lasts(word, stay.epoch) {
                return false;
            }
            if word.end_pending() {
                self.write_end(word, now.saturating_add(self.duration_of(word)));
                continue;
            }
            let after = end(before);
            // Release: pairs with the acquire above, and in `write_end` and `time_left`. A failure reads again above:
            // relaxed.
            let (done, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            let exchange = self.until.compare_exchange(before, after, done, lost);
            if exchange.is_ok() {
                return before != after;
            }
        }
    }
}

fn by_fleet() -> Cause {
    Reason::Fleet.into()
}
