//! The parts of a process that a fleet shares.

use super::error::FleetError;
use super::status::PartStatus;
use super::store::{Answer, Question, Script, Unreadable};

/// The terms of a fleet, which every part knows. Durations are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The time for which what a member holds stays its own without an exchange.
    pub lease: u64,
    /// The time between two exchanges.
    pub tick: u64,
    /// The number of members that are expected, until one has heard of the others.
    pub expected: u32,
}

/// A part with its state in the fleet: it asks, and acts on the answer. It neither waits nor sends.
///
/// Times are in ticks: nanoseconds since an epoch of the process.
pub trait Part: Send {
    /// Returns the kind, as a key of the store and a metric have it.
    fn kind(&self) -> &'static str;

    /// Returns the name of the part among those of its kind.
    fn name(&self) -> &str;

    /// Returns the script that answers it.
    fn script(&self) -> Script;

    /// Checks that it fits the terms.
    fn check(&self, _terms: Terms) -> Result<(), FleetError> {
        Ok(())
    }

    /// Begins, before the first exchange.
    fn begin(&mut self, terms: Terms, now: u64);

    /// Returns what to ask, beside the member and the lease.
    fn ask(&mut self, now: u64) -> Asked;

    /// Acts on the answer to what was asked at a time.
    fn answered(&mut self, answer: &Answer, asked: u64, now: u64) -> Result<(), Unreadable>;

    /// Acts on a lease that is over, as seen by the process: from now on it is alone.
    fn alone(&mut self, now: u64);

    /// Gives back what it holds, with the next question.
    fn leave(&mut self);

    /// Returns the mistake for which it has refused the last published text.
    fn refused(&self) -> Option<&str> {
        None
    }

    /// Returns what it holds, for people.
    fn status(&self) -> PartStatus;
}

/// The arguments of a question.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The numbers after the lease and the turn.
    pub numbers: Vec<u64>,
    /// A text to keep.
    pub text: Option<String>,
}

/// Builds the question of a part.
pub(super) fn question(
    part: &mut dyn Part,
    namespace: &str,
    member: u64,
    terms: Terms,
    turn: u64,
    now: u64,
) -> Question {
    let Asked { numbers, text } = part.ask(now);
    let (kind, name) = (part.kind(), part.name());
    Question {
        script: part.script(),
        // One slot of a cluster for each part, and all keys below the namespace, for access lists.
        key: format!("{namespace}:{{{kind}:{name}}}"),
        member,
        numbers: [terms.lease, turn].into_iter().chain(numbers).collect(),
        text,
    }
}
