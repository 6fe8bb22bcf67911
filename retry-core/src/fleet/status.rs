//! The state of a fleet as one member knows it.

use std::fmt;
use std::time::Duration;

/// The state of a member of a fleet.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Status {
    /// Whether every part has joined.
    pub joined: bool,
    /// The number of members that share a part, of the part that has most.
    pub members: u64,
    /// The time since the last exchange of all parts; `None` before the first.
    pub lag: Option<Duration>,
    /// The exchanges that were made.
    pub exchanges: u64,
    /// The exchanges that failed.
    pub failures: u64,
    /// The leases that were over before an exchange, or that the store had forgotten.
    pub lost_leases: u64,
    /// The last failure, if the last exchange was one: without addresses, names and passwords.
    pub failure: Option<Failure>,
    /// The mistake for which this member refused the text that was last published; the policies before it stay in
    /// effect.
    pub refused: Option<String>,
    /// The parts, in the order in which they joined.
    pub parts: Vec<PartStatus>,
}

/// The state of one part, and the share of it that the member holds.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PartStatus {
    /// `breaker`, `budget`, `bulkhead`, `configs` or `rate_limiter`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Whether its last exchange was in time; otherwise it is alone.
    pub joined: bool,
    /// The members that share it; 0 of a configuration, which has no list of them.
    pub members: u64,
    /// The share that this member holds of a limit, from 0 to 1; `None` where there is none to divide.
    pub share: Option<f64>,
    /// The leases of this part that were lost.
    pub lost_leases: u64,
}

/// The kind of failure of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Failure {
    /// No connection, or one that broke.
    Unreachable,
    /// No answer in time.
    Slow,
    /// The server refused the user, the password, the database, or a command or key that the user may not use.
    Denied,
    /// The server does not accept writes: a replica, or one without memory or disk.
    ReadOnly,
    /// The server answered something else than the scripts do.
    Malformed,
    /// The task of the fleet has ended: its runtime is over, or has no I/O.
    Ended,
    /// Members of a newer version keep something in this namespace that this version does not know.
    NewerProtocol,
}

impl Failure {
    /// Returns its name for metrics, such as `unreachable`.
    pub const fn label(self) -> &'static str {
        match self {
            Failure::Unreachable => "unreachable",
            Failure::Slow => "slow",
            Failure::Denied => "denied",
            Failure::ReadOnly => "read_only",
            Failure::Malformed => "malformed",
            Failure::Ended => "ended",
            Failure::NewerProtocol => "newer_protocol",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::Unreachable => "the store is unreachable",
            Failure::Slow => "the store does not answer in time",
            Failure::Denied => {
                "the store refuses the user, the password, the database or a command"
            }
            Failure::ReadOnly => "the store accepts no writes",
            Failure::Malformed => "the store holds something that is not a fleet's",
            Failure::Ended => "the task has ended: its runtime is over, or has no I/O",
            Failure::NewerProtocol => "members of a newer version share this namespace",
        })
    }
}
