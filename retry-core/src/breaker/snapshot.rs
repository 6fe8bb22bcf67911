//! A saved state of a breaker.

use std::time::Duration;

use super::cached_clock::CachedClock;
use super::cached_clock::{duration, read};
use super::circuit_breaker::CircuitBreaker;
use super::metrics::SavedCounts;
use super::metrics::window_counts::WindowCounts;
use super::packed::PackedState;
use super::reason::Reason;
use super::state::State;
use super::transition::FOREVER;
use crate::time::clock::Instant;
use crate::time::ticks::nanos;

/// A breaker's state as plain data, for a process that takes over from another. With the feature `serde` it
/// can be serialized.
///
/// A half-open state is kept as an open one whose time is over, since its probes are gone. One that counts
/// [only](CircuitBreaker::metrics_only) by its settings is kept as closed, and one with that setting is never open
/// after it. A ramp and the totals are not kept.
///
/// Fields may be added; those that serialized data lacks are taken for absent.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::State;
///
/// let old = CircuitBreaker::new("payments").consecutive(1);
/// old.call(|| None::<u8>);
///
/// let new = CircuitBreaker::new("payments");
/// new.restore(&old.snapshot());
/// assert_eq!(new.state(), State::Open);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Snapshot {
    /// The state.
    pub state: State,
    /// The rest of the open time; of one that is open by force, zero if it has no end.
    pub left: Duration,
    /// The number of openings since it was last closed.
    pub openings: u32,
    /// The failures in a row.
    pub in_a_row: u32,
    /// The calls in the window of [`failure_rate`](CircuitBreaker::failure_rate), if it counts them.
    #[cfg_attr(feature = "serde", serde(default))]
    pub failed: Option<WindowCounts>,
    /// The calls in the window of [`slow_calls`](CircuitBreaker::slow_calls), if it counts them.
    #[cfg_attr(feature = "serde", serde(default))]
    pub slow: Option<WindowCounts>,
    /// The failures in the period of [`failures_within`](CircuitBreaker::failures_within), if it counts them.
    #[cfg_attr(feature = "serde", serde(default))]
    pub in_period: Option<u64>,
}

impl CircuitBreaker {
    /// Returns its state as plain data.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_at(read)
    }

    /// Restores the state of a snapshot, within the limits of the breaker's own settings: the open time is no
    /// longer than theirs, and the failures in a row, in a window or in a period are fewer than open it.
    ///
    /// The calls in windows count as if they had ended now, since the time between the two processes is unknown. A
    /// window that the breaker does not have is left out.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.restore_at(snapshot, read);
    }

    #[doc(hidden)]
    pub fn snapshot_at(&self, clock: fn() -> Instant) -> Snapshot {
        let word = self.load();
        let (state, left) = match word.state() {
            State::Open => {
                let left = self.time_left(word, &CachedClock::new(clock));
                (State::Open, left.unwrap_or(0))
            }
            State::ForcedOpen => match self.time_left(word, &CachedClock::new(clock)) {
                None => (State::Open, 0),
                Some(FOREVER) => (State::ForcedOpen, 0),
                Some(left) => (State::ForcedOpen, left),
            },
            State::HalfOpen => (State::Open, 0),
            state if state == self.settings.initial() => (State::Closed, 0),
            state => (state, 0),
        };
        let recent = self.recent_at(clock);
        let counts_calls = word.counts_calls();
        Snapshot {
            failed: recent.failed.filter(|_| counts_calls),
            slow: recent.slow.filter(|_| counts_calls),
            in_period: recent.in_period.filter(|_| counts_calls),
            state,
            left: duration(left),
            openings: word.streak(),
            in_a_row: match state {
                State::Closed | State::MetricsOnly => word.consecutive_failures(),
                _ => 0,
            },
        }
    }

    #[doc(hidden)]
    pub fn restore_at(&self, snapshot: &Snapshot, clock: fn() -> Instant) {
        let initial = self.settings.initial();
        let only_counts = initial == State::MetricsOnly;
        let next = |word: PackedState| match snapshot.state {
            State::Open | State::HalfOpen if only_counts => word.next(initial),
            State::Open | State::HalfOpen => {
                let openings = snapshot.openings.max(1);
                word.next_until(State::Open).with_streak(openings)
            }
            state @ (State::Closed | State::MetricsOnly) => {
                let most = self
                    .settings
                    .threshold()
                    .map_or(0, |threshold| threshold - 1);
                let row = snapshot.in_a_row.min(most);
                let state = if state == State::Closed {
                    initial
                } else {
                    state
                };
                word.next(state).with_consecutive_failures(row)
            }
            State::ForcedOpen if !snapshot.left.is_zero() => word.forced_open_for_a_time(),
            state => word.next(state),
        };
        let word = self.force(Reason::Restored, next);
        if let Some(metrics) = self.metrics().filter(|_| word.counts_calls()) {
            let saved = SavedCounts {
                failed: snapshot.failed,
                slow: snapshot.slow,
                in_period: snapshot.in_period,
            };
            let still = || self.load().same(word);
            metrics.restore(word.generation(), &saved, &CachedClock::new(clock), &still);
        }
        if word.end_pending() {
            let most = match word.state() {
                State::ForcedOpen => FOREVER,
                _ => self.duration_of(word),
            };
            let left = nanos(snapshot.left).min(most);
            self.write_end(word, CachedClock::new(clock).now().saturating_add(left));
            // Waiting calls sleep to the end of a former state.
            self.wait_queue.wake(true);
        }
    }
}
