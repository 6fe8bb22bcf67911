//! A fleet: processes that exchange with a store, over a network that takes its time.

use persevere_core::fleet::engine::{Answer, Member, Question, Store, Terms, now};

use crate::process::Process;
use crate::queue::Queue;
use crate::random::Random;
use crate::scenario::{Fleet as Settings, Scenario};

/// The bit by which the queue tells members from calls.
pub(crate) const MEMBER: u32 = 1 << 31;

/// The age of the store when the run begins, in milliseconds: a real one has been up for some time.
const AGE: u64 = 3_600_000;

/// The members of a fleet, and their store.
pub(crate) struct Fleet {
    settings: Settings,
    store: Store,
    members: Vec<Exchange>,
    random: Random,
    /// The questions that the store has answered.
    pub(crate) questions: u64,
}

/// A member, and its exchange.
struct Exchange {
    member: Member,
    /// The part whose turn it is.
    part: usize,
    /// The time of the question, in ticks of the process.
    asked: u64,
    message: Message,
}

/// What a member, the store, or the network has to do next.
enum Message {
    None,
    Question(Question),
    Answer(Answer),
}

impl Fleet {
    /// Creates the fleet of a scenario, whose processes begin one after the other within the time of an exchange.
    pub(crate) fn new(
        scenario: &Scenario,
        processes: &[Process],
        queue: &mut Queue,
    ) -> Option<Self> {
        let settings = scenario.fleet.clone()?;
        let terms = Terms {
            lease: settings.lease.0 / 1_000_000,
            tick: settings.every.0 / 1_000_000,
            expected: scenario.clients.processes,
        };
        let mut random = Random::new(scenario.seed ^ 3);
        let mut members = Vec::with_capacity(processes.len());
        for (id, process) in (0..MEMBER).zip(processes) {
            let parts = process.parts();
            let mut member = Member::new(id.into(), "simulated".to_owned(), terms, parts);
            member.begin(now());
            queue.push(
                (random.unit() * settings.every.0 as f64) as u64,
                MEMBER | id,
            );
            members.push(Exchange {
                member,
                part: 0,
                asked: 0,
                message: Message::None,
            });
        }
        Some(Fleet {
            settings,
            store: Store::default(),
            members,
            random,
            questions: 0,
        })
    }

    /// Does what is next for a member, and returns the time of what is next then.
    pub(crate) fn happen(&mut self, id: u32, at: u64) -> u64 {
        let exchange = &mut self.members[(id & !MEMBER) as usize];
        let Exchange {
            member,
            part,
            asked,
            message,
        } = exchange;
        match std::mem::replace(message, Message::None) {
            Message::None if *part == member.parts() => {
                let _ = member.ended(Ok(()), now());
                *part = 0;
                let spread = 0.9 + 0.2 * self.random.unit();
                return at + (self.settings.every.0 as f64 * spread) as u64;
            }
            Message::None => {
                *asked = now();
                *message = Message::Question(member.question(*part, *asked));
            }
            Message::Question(question) => {
                self.questions += 1;
                let answer = self.store.answer(&question, AGE + at / 1_000_000);
                *message = Message::Answer(answer.unwrap_or_default());
            }
            Message::Answer(answer) => {
                let _ = member.answer(*part, &answer, *asked, now());
                *part += 1;
                return at;
            }
        }
        at + (2.0 * self.random.unit() * self.settings.delay.0 as f64) as u64
    }

    /// Returns the longest time for which the share of a process stays what it is.
    pub(crate) fn every(&self) -> u64 {
        self.settings.every.0
    }
}
