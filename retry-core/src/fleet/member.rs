//! A member of a fleet: the parts of one process, and what they ask of the store.

use std::fmt;
use std::time::Duration;

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
    parts: Vec<Joined>,
    /// The time of the last round in which every part was answered.
    last: Option<u64>,
    joined: bool,
    exchanges: u64,
    failures: u64,
    failure: Option<Failure>,
}

struct Joined(Box<dyn Part>);

impl fmt::Debug for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.kind(), self.0.name())
    }
}

impl Member {
    /// Creates the member of an id that no other has.
    pub fn new(id: u64, namespace: String, terms: Terms, parts: Vec<Box<dyn Part>>) -> Self {
        Member {
            id,
            namespace,
            terms,
            parts: parts.into_iter().map(Joined).collect(),
            last: None,
            joined: false,
            exchanges: 0,
            failures: 0,
            failure: None,
        }
    }

    /// Begins alone, as the parts are until the first exchange.
    pub fn begin(&mut self, now: u64) {
        for Joined(part) in &mut self.parts {
            part.begin(self.terms, now);
        }
    }

    /// Gives back what the parts hold, with the next question of each.
    pub fn leave(&mut self) {
        for Joined(part) in &mut self.parts {
            part.leave();
        }
    }

    /// Returns the number of parts.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Returns what a part asks now.
    pub fn question(&mut self, part: usize, now: u64) -> Question {
        let Joined(part) = &mut self.parts[part];
        question(&mut **part, &self.namespace, self.id, self.terms, now)
    }

    /// Gives a part the answer to what it asked at a time.
    pub fn answer(
        &mut self,
        part: usize,
        answer: &Answer,
        asked: u64,
        now: u64,
    ) -> Result<(), Failure> {
        let Joined(part) = &mut self.parts[part];
        part.answered(answer, asked, now)
            .map_err(|unreadable| match unreadable {
                Unreadable::Protocol(_) => Failure::NewerProtocol,
                Unreadable::Malformed => Failure::Malformed,
            })
    }

    /// Ends a round of questions, the first of which was asked at a time.
    pub fn ended(&mut self, round: Result<(), Failure>, asked: u64, now: u64) {
        self.failure = round.err();
        match round {
            Ok(()) => {
                self.exchanges += 1;
                self.last = Some(asked);
                self.joined = true;
            }
            Err(_) => {
                self.failures += 1;
                self.expire(now);
            }
        }
    }

    /// Tells the parts once that the lease is over, if it is.
    pub fn expire(&mut self, now: u64) {
        let lease = nanos(Duration::from_millis(self.terms.lease));
        let over = self
            .last
            .is_none_or(|last| now.saturating_sub(last) > lease);
        if over && std::mem::replace(&mut self.joined, false) {
            for Joined(part) in &mut self.parts {
                part.alone(now);
            }
        }
    }

    /// Returns whether the last exchange is within the lease.
    pub const fn is_joined(&self) -> bool {
        self.joined
    }

    /// Returns what it knows of the fleet.
    pub fn status(&self, now: u64) -> Status {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|Joined(part)| part.status())
            .collect();
        Status {
            joined: self.joined,
            members: parts.iter().map(|part| part.members).max().unwrap_or(0),
            lag: self
                .last
                .map(|last| Duration::from_nanos(now.saturating_sub(last))),
            exchanges: self.exchanges,
            failures: self.failures,
            lost_leases: parts.iter().map(|part| part.lost_leases).sum(),
            failure: self.failure,
            parts,
        }
    }
}
