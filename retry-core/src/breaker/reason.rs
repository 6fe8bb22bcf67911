//! The reason for a change of state.

use std::fmt;

use super::metrics::window_counts::WindowCounts;

/// The reason for a change of a breaker's state, with the figures that led to it.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::breaker::Reason;
///
/// let reason = Reason::FailuresInARow { failures: 5 };
/// assert_eq!((reason.label(), reason.to_string().as_str()), ("failures_in_a_row", "5 failures in a row"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// This many calls have failed one after the other.
    FailuresInARow {
        /// The failures in a row.
        failures: u32,
    },
    /// Too many of the calls in the window have failed.
    FailureRate(WindowCounts),
    /// Too many of the calls in the window were slow.
    SlowCallRate(WindowCounts),
    /// Too many calls are under way past the threshold of slow calls, those in the window that were slow included.
    HangingCalls(WindowCounts),
    /// This many calls have failed within the period.
    FailuresInPeriod {
        /// The failures in the period.
        failures: u64,
    },
    /// A probe has failed, or was slow, and the others cannot make up for it.
    ProbeFailed,
    /// The probes have succeeded.
    ProbesSucceeded,
    /// The open time is over, and a call has come.
    OpenTimeOver,
    /// An operator has changed the state.
    Forced,
    /// An operator has reset the breaker.
    Reset,
    /// A snapshot was restored.
    Restored,
    /// The fleet has changed the state.
    Fleet,
    /// The configuration has forced the state, or no longer does.
    Configuration,
}

impl Reason {
    /// Returns the reason as a label of metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Reason::FailuresInARow { .. } => "failures_in_a_row",
            Reason::FailureRate(_) => "failure_rate",
            Reason::SlowCallRate(_) => "slow_call_rate",
            Reason::HangingCalls(_) => "hanging_calls",
            Reason::FailuresInPeriod { .. } => "failures_in_period",
            Reason::ProbeFailed => "probe_failed",
            Reason::ProbesSucceeded => "probes_succeeded",
            Reason::OpenTimeOver => "open_time_over",
            Reason::Forced => "forced",
            Reason::Reset => "reset",
            Reason::Restored => "restored",
            Reason::Fleet => "fleet",
            Reason::Configuration => "configuration",
        }
    }
}

/// Writes a few words: `5 failures in a row`, `52 of 100 calls failed`, `the probe failed`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::FailuresInARow { failures: 1 } => f.write_str("1 failure"),
            Reason::FailuresInARow { failures } => write!(f, "{failures} failures in a row"),
            Reason::FailureRate(of) => write!(f, "{} of {} calls failed", of.bad, of.calls),
            Reason::SlowCallRate(of) => write!(f, "{} of {} calls were slow", of.bad, of.calls),
            Reason::HangingCalls(of) => {
                write!(f, "{} of {} calls were slow or hang", of.bad, of.calls)
            }
            Reason::FailuresInPeriod { failures } => {
                write!(f, "{failures} failures within the period")
            }
            Reason::ProbeFailed => f.write_str("a probe failed"),
            Reason::ProbesSucceeded => f.write_str("the probes succeeded"),
            Reason::OpenTimeOver => f.write_str("the open time is over"),
            Reason::Forced => f.write_str("by hand"),
            Reason::Reset => f.write_str("reset by hand"),
            Reason::Restored => f.write_str("restored from a snapshot"),
            Reason::Fleet => f.write_str("by the fleet"),
            Reason::Configuration => f.write_str("by the configuration"),
        }
    }
}
