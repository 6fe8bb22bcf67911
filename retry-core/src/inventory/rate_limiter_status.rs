//! A rate limiter of the inventory.

use std::fmt;
use std::time::Duration;

use crate::rate_limiter::{LimiterState, write_totals};
use crate::util::key::{Key, Named};

/// The status of a rate limiter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RateLimiterStatus {
    /// Its name.
    pub name: &'static str,
    /// The key that distinguishes it from others of its name.
    pub key: Option<Key>,
    /// The time for which the service has asked to be left alone, if it has.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "held_for_ms", serialize_with = "super::millis")
    )]
    pub held_for: Option<Duration>,
    /// The calls that wait for a permit.
    pub in_line: usize,
    /// The permits that were taken.
    pub taken: u64,
    /// The calls that were refused one.
    pub refused: u64,
    /// The permits that were taken after a wait.
    pub waited: u64,
}

impl From<&LimiterState> for RateLimiterStatus {
    fn from(state: &LimiterState) -> Self {
        let counts = state.counts();
        RateLimiterStatus {
            name: state.settings().name(),
            key: state.settings().key().copied(),
            held_for: state.held_for(),
            in_line: state.waiting(),
            taken: counts.taken,
            refused: counts.refused,
            waited: counts.waited,
        }
    }
}

/// Writes one line: `rate limiter github: 12 taken, 3 refused, 2 in line, held for another 30s`.
impl fmt::Display for RateLimiterStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rate limiter {}: ", Named(self.name, self.key))?;
        write_totals(f, self.taken, self.refused, self.in_line, self.held_for)
    }
}
