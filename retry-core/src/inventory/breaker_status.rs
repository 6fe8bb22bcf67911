//! A circuit breaker of the inventory.

use std::fmt;
use std::time::Duration;

use crate::breaker::{BreakerState, Counts, RecentCalls, State};
use crate::time::display::DisplayDuration;
use crate::util::key::{Key, Named};

/// The status of a circuit breaker.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BreakerStatus {
    /// Its name.
    pub name: &'static str,
    /// The key that distinguishes it from others of its name.
    pub key: Option<Key>,
    /// The state that the next call will find: half-open once the open time is over, though no call has come.
    pub state: State,
    /// The time left of an open or half-open state; `None` of a state without an end.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "left_ms", serialize_with = "super::millis")
    )]
    pub left: Option<Duration>,
    /// The failure counts since it was closed.
    pub recent: RecentCalls,
    /// The totals since it was made.
    pub counts: Counts,
}

#[cfg(feature = "metrics")]
impl BreakerStatus {
    /// Returns the status of a breaker that has just been made.
    pub(crate) fn unused(name: &'static str) -> Self {
        BreakerStatus {
            name,
            key: None,
            state: State::Closed,
            left: None,
            recent: RecentCalls::default(),
            counts: Counts::default(),
        }
    }
}

impl From<&BreakerState> for BreakerStatus {
    fn from(state: &BreakerState) -> Self {
        let (now, left, recent) = state.seen();
        BreakerStatus {
            name: state.settings().name(),
            key: state.settings().key().copied(),
            state: now,
            left: left.map(Duration::from_nanos),
            recent,
            counts: state.counts(),
        }
    }
}

/// Writes one line: `breaker payments: open for another 12s, 5 failed, 17 refused, opened 1 time`.
impl fmt::Display for BreakerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "breaker {}: {}", Named(self.name, self.key), self.state)?;
        if let Some(left) = self.left {
            write!(f, " for another {}", DisplayDuration(left))?;
        }
        let Counts {
            failures,
            refused,
            opened,
            ..
        } = self.counts;
        let plural = if opened == 1 { "" } else { "s" };
        write!(
            f,
            ", {failures} failed, {refused} refused, opened {opened} time{plural}"
        )
    }
}
