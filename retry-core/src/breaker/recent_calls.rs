//! The current failure counts of a breaker.

use super::cached_clock::CachedClock;
use super::cached_clock::read;
use super::circuit_breaker::CircuitBreaker;
use super::metrics::window_counts::WindowCounts;
use crate::time::clock::Instant;

/// The failure counts of a breaker that is closed, or counts only, since that began; all zero in other states.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RecentCalls {
    /// The failures in a row; 0 where they are not counted.
    pub in_a_row: u32,
    /// The failures in the window of [`failure_rate`](CircuitBreaker::failure_rate).
    pub failed: Option<WindowCounts>,
    /// The slow calls in the window of [`slow_calls`](CircuitBreaker::slow_calls), those under way past the
    /// threshold included.
    pub slow: Option<WindowCounts>,
    /// The failures in the period of [`failures_within`](CircuitBreaker::failures_within).
    pub in_period: Option<u64>,
}

impl CircuitBreaker {
    /// Returns the failure counts since it was closed.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments");
    /// breaker.call(|| None::<u8>);
    /// assert_eq!(breaker.recent().in_a_row, 1);
    /// ```
    pub fn recent(&self) -> RecentCalls {
        self.recent_at(read)
    }

    #[doc(hidden)]
    pub fn recent_at(&self, clock: fn() -> Instant) -> RecentCalls {
        let (word, clock) = (self.load(), CachedClock::new(clock));
        let counts_calls = word.counts_calls();
        let of_state = |share: WindowCounts| {
            if counts_calls {
                share
            } else {
                WindowCounts::default()
            }
        };
        let (metrics, generation) = (self.metrics(), word.generation());
        let failed = metrics.and_then(|metrics| metrics.failed(generation, &clock));
        let slow = metrics.and_then(|metrics| metrics.slow(generation, &clock));
        let in_period = metrics.and_then(|metrics| metrics.in_period(generation, &clock));
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
}
