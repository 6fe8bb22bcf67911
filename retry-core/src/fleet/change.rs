//! Changes that a member of a fleet reports.

use std::fmt;

use super::status::Failure;

/// A change of a member, for its listener and its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Every part has been exchanged: for the first time, or after the member was alone.
    Joined {
        /// The members of the fleet, this one included.
        members: u64,
    },
    /// The first exchange has failed, or a lease was over before a part could be exchanged. The parts go on with what
    /// they hold.
    Alone(Failure),
    /// The configuration of the fleet was refused: [`Status::refused`](super::Status::refused) says why.
    Refused,
}

/// Writes one line: `joined, 3 members`, or `alone: the store is unreachable`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Joined { members: 1 } => f.write_str("joined, 1 member"),
            Change::Joined { members } => write!(f, "joined, {members} members"),
            Change::Alone(failure) => write!(f, "alone: {failure}"),
            Change::Refused => f.write_str("the configuration was refused"),
        }
    }
}
