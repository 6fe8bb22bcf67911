//! The current failure counts of a breaker.

use super::cached_clock::CachedClock;
use super::metrics::Metrics;
use super::metrics::window_counts::WindowCounts;
use super::packed::PackedState;

/// The failure counts of a breaker that is closed, or counts only, since that began; all zero in other states.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RecentCalls {
    /// The failures in a row; 0 where they are not counted.
    pub in_a_row: u32,
    /// The failures in the window of [`failure_rate`](crate::CircuitBreaker::failure_rate).
    pub failed: Option<WindowCounts>,
    /// The slow calls in the window of [`slow_calls`](crate::CircuitBreaker::slow_calls), those under way past the
    /// threshold included.
    pub slow: Option<WindowCounts>,
    /// The failures in the period of [`failures_within`](crate::CircuitBreaker::failures_within).
    pub in_period: Option<u64>,
}

/// Returns the failure counts of a state that counts calls; all zero in another.
pub(super) fn recent(
    metrics: Option<&Metrics>,
    word: PackedState,
    clock: &CachedClock,
) -> RecentCalls {
    let counts_calls = word.counts_calls();
    let of_state = |share: WindowCounts| {
        if counts_calls {
            share
        } else {
            WindowCounts::default()
        }
    };
    let generation = word.generation();
    let failed = metrics.and_then(|metrics| metrics.failed(generation, clock));
    let slow = metrics.and_then(|metrics| metrics.slow(generation, clock));
    let in_period = metrics.and_then(|metrics| metrics.in_period(generation, clock));
    RecentCalls {
        in_a_row: if counts_calls {
            word.consecutive_failures()
        } else {
            0
        },
        failed: failed.map(of_state),
        slow: slow.map(of_state),
        in_period: in_period.map(|failures| if counts_calls { failures } else { 0 }),
    }
}
