//! A process with a limit that it shares.

use persevere::fleet::engine::{Answer, Divisible, Part, Share, Terms};

use super::world::{LEASE, LIFE};

/// The whole limit.
pub(super) const TOTAL: u64 = 1_200;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Limit {
    pub(super) demand: u64,
    used: u64,
    lasting: bool,
    /// Whether the calls beyond a share that has shrunk have ended.
    ended: bool,
}

impl Divisible for Limit {
    const KIND: &'static str = "limit";

    fn name(&self) -> &str {
        "limit"
    }

    fn total(&self) -> u64 {
        TOTAL
    }

    fn least(&self) -> u64 {
        20
    }

    fn set(&mut self, share: u64, _: u64) -> u64 {
        let goes_on = self.lasting && !std::mem::take(&mut self.ended);
        self.used = if goes_on { self.used.max(share) } else { share };
        self.used
    }

    fn demand(&mut self, _: u64) -> u64 {
        self.demand
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Process {
    pub(super) share: Share<Limit>,
    pub(super) living: bool,
    /// Whether it, or its connection, takes as long as it likes.
    pub(super) slow: bool,
    pub(super) asked: u64,
    /// The time of its next question.
    pub(super) due: u64,
    /// A question under way, and an answer.
    pub(super) question: Option<Vec<u64>>,
    pub(super) answer: Option<Vec<u64>>,
    /// A question that it has given up, and that may still arrive.
    pub(super) late: Option<Vec<u64>>,
    /// The time when the store last received a question of it.
    pub(super) heard: u64,
    /// The share of which the store may not know.
    pub(super) unknown: u64,
    /// The time by which the others have made room for it.
    pub(super) settled: u64,
}

impl Process {
    pub(super) fn new(terms: Terms, demand: u64, lasting: bool) -> Self {
        let mut share = Share::new(Limit {
            demand,
            used: 0,
            lasting,
            ended: false,
        });
        share.begin(terms, 0);
        Process {
            unknown: share.held(),
            share,
            living: false,
            slow: false,
            asked: 0,
            due: 0,
            question: None,
            answer: None,
            late: None,
            heard: 0,
            settled: u64::MAX,
        }
    }

    pub(super) fn ask(&mut self, now: u64) {
        let numbers = self.share.ask(nanos(now)).numbers;
        self.question = Some([LEASE, now].into_iter().chain(numbers).collect());
        (self.asked, self.due) = (now, now + 1);
    }

    /// Acts on the answer, which others have made room for by the time `settled`.
    pub(super) fn hear(&mut self, now: u64, settled: u64) {
        let numbers = self.answer.take().expect("an answer");
        let answer = Answer {
            numbers,
            text: None,
        };
        let read = self.share.answered(&answer, nanos(self.asked), nanos(now));
        read.expect("an answer of its kind");
        if self.heard + LIFE > now && self.settled == u64::MAX {
            self.settled = settled;
        }
    }

    /// Does without an answer.
    pub(super) fn give_up(&mut self, now: u64) {
        (self.question, self.answer, self.due) = (None, None, now + 2);
    }

    pub(super) fn end_calls(&mut self) {
        self.share.limit_mut().ended = true;
    }

    /// Notes that the store may not know any more what it holds, or is about to.
    pub(super) fn forget(&mut self) {
        let granted = self.answer.as_ref().map_or(0, |answer| answer[1]);
        let held = self.share.held().max(granted);
        self.unknown = match self.settled {
            u64::MAX if self.unknown > 0 => self.unknown,
            _ => self.unknown.max(held),
        };
        self.settled = u64::MAX;
    }
}

fn nanos(millis: u64) -> u64 {
    millis * 1_000_000
}
