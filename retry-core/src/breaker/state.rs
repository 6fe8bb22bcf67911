//! The states of a breaker.

use std::fmt;

/// The state of a breaker.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::breaker::State;
///
/// assert_eq!(State::HalfOpen.to_string(), "half-open");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum State {
    /// Lets calls through and counts their outcomes.
    Closed,
    /// Refuses calls until its open time is over; then it is half-open.
    Open,
    /// Lets a few probes through, whose outcomes close or open it.
    HalfOpen,
    /// Refuses calls until an operator changes it, or until the time that an operator has set.
    ForcedOpen,
    /// Lets calls through until an operator changes it.
    ForcedClosed,
    /// Lets calls through until an operator changes it, and counts nothing.
    Disabled,
    /// Lets all calls through, counts their outcomes, and tells when it would have opened.
    MetricsOnly,
}

/// Writes one word or two: `closed`, `half-open`, `forced open`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Closed => "closed",
            State::Open => "open",
            State::HalfOpen => "half-open",
            State::ForcedOpen => "forced open",
            State::ForcedClosed => "forced closed",
            State::Disabled => "disabled",
            State::MetricsOnly => "metrics only",
        })
    }
}
