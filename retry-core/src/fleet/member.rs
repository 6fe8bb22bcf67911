//! A member of a fleet: the parts of one process, and what they ask of the store.

use std::fmt;
use std::time::Duration;

use super::change::Change;
use super::part::{Part, Terms, question};
use super::status::{Failure, Status};
use super::store::{Answer, Question, Unreadable};
use crate::time::ticks::nanos;

/// The parts of one process. It neither waits nor sends: a driver carries questions to a store, and answers back.
#[derive(Debug)]
pub struct Member {
    id: u64,
    namespace: String,
    terms: Terms,
    parts: Vec<Shared>,
    /// The number of the last question.
    turn: u64,
    /// Whether every part was within its lease after the last round; `None` before the first.
    joined: Option<bool>,
    exchanges: u64,
    failures: u64,
    failure: Option<Failure>,
}

/// A part, the time at which its last answer was asked for, and whether it is within its lease.
struct Shared {
    part: Box<dyn Part>,
    last: Option<u64>,
    joined: bool,
}

impl Member {
    /// Creates the member of an id that no other has.
    pub fn new(id: u64, namespace: String, terms: Terms, parts: Vec<Box<dyn Part>>) -> Self {
        let shared = |part| Shared {
            part,
            last: None,
            joined: false,
        };
        Member {
            id,
            namespace,
            terms,
            parts: parts.into_iter().map(shared).collect(),
            turn: 0,
            joined: None,
            exchanges: 0,
            failures: 0,
            failure: None,
        }
    }

    /// Returns the namespace of the fleet.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Begins alone, as the parts are until the first exchange.
    pub fn begin(&mut self, now: u64) {
        for shared in &mut self.parts {
            shared.part.begin(self.terms, now);
        }
    }

    /// Gives back what the parts hold, with the next question of each.
    pub fn leave(&mut self) {
        for shared in &mut self.parts {
            shared.part.leave();
        }
    }

    /// Tells the parts that there are no more exchanges.
    pub fn alone(&mut self, now: u64) {
        for shared in &mut self.parts {
            shared.joined = false;
            shared.part.alone(now);
        }
    }

    /// Returns the number of parts.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Returns what a part asks now.
    pub fn question(&mut self, part: usize, now: u64) -> Question {
        let part = &mut *self.parts[part].part;
        self.turn += 1;
        question(part, &self.namespace, self.id, self.terms, self.turn, now)
    }

    /// Gives a part the answer to what it asked at a time.
    ///
    /// # Errors
    ///
    /// An answer that the part cannot read: it goes on with what it has.
    pub fn answer(
        &mut self,
        part: usize,
        answer: &Answer,
        asked: u64,
        now: u64,
    ) -> Result<(), Failure> {
        let shared = &mut self.parts[part];
        match shared.part.answered(answer, asked, now) {
            Ok(()) => (shared.last, shared.joined) = (Some(asked), true),
            Err(Unreadable::Protocol(_)) => return Err(Failure::NewerProtocol),
            Err(Unreadable::Malformed) => return Err(Failure::Malformed),
        }
        Ok(())
    }

    /// Ends a round of questions, and returns whether the member has joined or is alone since.
    pub fn ended(&mut self, round: Result<(), Failure>, now: u64) -> Option<Change> {
        match round {
            Ok(()) => self.exchanges += 1,
            Err(_) => self.failures += 1,
        }
        // One failure is remembered until all is well: it says why a lease will be over.
        self.failure = round.err();
        let joined = self.expire(now);
        if self.joined.replace(joined) == Some(joined) {
            return None;
        }
        Some(match joined {
            true => Change::Joined {
                members: self.members(),
            },
            // Without a failure the process has stood still.
            false => Change::Alone(self.failure.unwrap_or(Failure::Slow)),
        })
    }

    /// Tells the parts whose leases are over, once each, and returns whether all others are within theirs.
    fn expire(&mut self, now: u64) -> bool {
        let lease = nanos(Duration::from_millis(self.terms.lease));
        let mut joined = true;
        for shared in &mut self.parts {
            let over = shared
                .last
                .is_some_and(|last| now.saturating_sub(last) > lease);
            if over && std::mem::replace(&mut shared.joined, false) {
                shared.part.alone(now);
            }
            joined &= shared.joined;
        }
        joined
    }

    /// Returns the number of members that share a part, of the part that has most.
    fn members(&self) -> u64 {
        let members = self.parts.iter().map(|shared| shared.part.status().members);
        members.max().unwrap_or(0)
    }

    fn refused(&self) -> Option<String> {
        let refused = |shared: &Shared| shared.part.refused().map(str::to_owned);
        self.parts.iter().find_map(refused)
    }

    /// Returns what it knows of the fleet.
    pub fn status(&self, now: u64) -> Status {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|shared| shared.part.status())
            .collect();
        // `None` before any other, so that a part without an exchange says so.
        let last = self.parts.iter().map(|shared| shared.last).min().flatten();
        Status {
            joined: self.joined == Some(true),
            members: self.members(),
            lag: last.map(|last| Duration::from_nanos(now.saturating_sub(last))),
            exchanges: self.exchanges,
            failures: self.failures,
            lost_leases: parts.iter().map(|part| part.lost_leases).sum(),
            failure: self.failure,
            refused: self.refused(),
            parts,
        }
    }
}

/// Shows the part by its kind and name.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.part.kind(), self.part.name())
    }
}
