//! The questions that a fleet asks its store, and the answers.
//!
//! They are numbers, but for the text of a configuration: nothing else of a process can leave it.

/// A script that runs in the store as one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// A share of a limit.
    Share,
    /// The state of a breaker.
    Breaker,
    /// The text of a configuration.
    Configs,
}

impl Script {
    /// Returns its text.
    pub const fn source(self) -> &'static str {
        match self {
            Script::Share => concat!(
                include_str!("lua/common.lua"),
                include_str!("lua/share.lua")
            ),
            Script::Breaker => concat!(
                include_str!("lua/common.lua"),
                include_str!("lua/breaker.lua")
            ),
            Script::Configs => concat!(
                include_str!("lua/common.lua"),
                include_str!("lua/configs.lua")
            ),
        }
    }
}

/// A question: a script with its key and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The script.
    pub script: Script,
    /// The key of the part.
    pub key: String,
    /// The member that asks.
    pub member: u64,
    /// The lease, the turn, and the arguments of the part. A server may come to a question after a later one, of a
    /// connection that was given up: it does nothing for a turn that is not the member's newest.
    pub numbers: Vec<u64>,
    /// A text to keep.
    pub text: Option<String>,
}

/// An answer as the store gives it: not yet looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The protocol, and the numbers of the part.
    pub numbers: Vec<u64>,
    /// The text of a configuration.
    pub text: Option<String>,
}

impl Answer {
    /// Returns the numbers after that of the protocol, if it is ours and there are as many as expected.
    pub fn read<const N: usize>(&self) -> Result<[u64; N], Unreadable> {
        match self.numbers.split_first() {
            Some((&PROTOCOL, numbers)) => numbers.try_into().map_err(|_| Unreadable::Malformed),
            Some((&protocol, _)) => Err(Unreadable::Protocol(protocol)),
            None => Err(Unreadable::Malformed),
        }
    }
}

/// The longest text of a configuration, in bytes.
#[cfg(any(feature = "config", feature = "testing"))]
pub(super) const LONGEST_TEXT: usize = 64 * 1024;

/// The version of what members say to each other.
pub(super) const PROTOCOL: u64 = 1;

/// The reason why an answer is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Members of a newer version keep something else there.
    Protocol(u64),
    /// It is not what the script answers.
    Malformed,
}
