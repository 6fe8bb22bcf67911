//! A breaker as a signal for adaptive pauses.

use super::circuit_breaker::CircuitBreaker;
use super::state::State;
use crate::wait::Signal;

/// The pressure of a breaker that is closed, or counts only, is the greatest of its failure rate, its rate of slow
/// calls, and the ratios of its failures in a row and in a period to the numbers that open it. The pressure of an
/// open or half-open breaker is 1.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{CircuitBreaker, RetryPolicy, wait};
/// use persevere::wait::Signal;
///
/// static DISK: CircuitBreaker = CircuitBreaker::new("disk").consecutive(4);
///
/// let policy = RetryPolicy::new().wait(wait::adaptive(&DISK));
/// DISK.call(|| None::<u8>);
/// assert_eq!(DISK.pressure(), 0.25);
/// # let _ = policy;
/// ```
#[diagnostic::do_not_recommend]
impl Signal for CircuitBreaker {
    fn pressure(&self) -> f64 {
        match self.state() {
            State::Open | State::HalfOpen | State::ForcedOpen => 1.0,
            State::ForcedClosed | State::Disabled => 0.0,
            State::Closed | State::MetricsOnly => {
                let recent = self.recent();
                let in_a_row = self.settings.threshold().map_or(0.0, |threshold| {
                    f64::from(recent.in_a_row) / f64::from(threshold)
                });
                let in_period = self.settings.in_period().map_or(0.0, |limit| {
                    recent.in_period.unwrap_or(0) as f64 / f64::from(limit.failures)
                });
                let least = in_a_row.max(in_period);
                let shares = [recent.failed, recent.slow].into_iter().flatten();
                shares.fold(least, |worst, share| worst.max(share.rate()))
            }
        }
    }
}
