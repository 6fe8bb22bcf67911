//! A store in memory, which keeps the rules of the scripts: for tests of programs that share parts, and for the
//! simulator.

mod breaker;
mod configs;
mod moment;
mod share;
mod shared_store;

use std::collections::BTreeMap;

use self::breaker::FleetBreaker;
use self::configs::Configs;
use self::moment::Moment;
use self::share::Shares;
pub use self::shared_store::MemoryStore;
use super::store::{Answer, Question, Script};

/// The state that the members of a fleet have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Store {
    parts: BTreeMap<String, Kept>,
}

/// The state of one part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kept {
    Shares(Shares),
    Breaker(FleetBreaker),
    Configs(Configs),
}

impl Store {
    /// Answers a question at a time of the store's own clock, and returns `None` where a script would fail.
    pub fn answer(&mut self, question: &Question, now: Moment) -> Option<Answer> {
        let Question {
            script,
            key,
            member,
            numbers,
            text,
        } = question;
        let kept = self.parts.entry(key.clone());
        let kept = kept.or_insert_with(|| match script {
            Script::Share => Kept::Shares(Shares::default()),
            Script::Breaker => Kept::Breaker(FleetBreaker::default()),
            Script::Configs => Kept::Configs(Configs::default()),
        });
        let numbers = numbers.as_slice();
        let numbers = match (script, kept) {
            (Script::Share, Kept::Shares(shares)) => {
                shares.answer(*member, numbers.try_into().ok()?, now)
            }
            (Script::Breaker, Kept::Breaker(breaker)) => {
                breaker.answer(*member, numbers.try_into().ok()?, now)
            }
            (Script::Configs, Kept::Configs(configs)) => {
                let numbers = numbers.try_into().ok()?;
                return Some(configs.answer(*member, numbers, text.as_ref(), now));
            }
            // The key is of another kind.
            _ => return None,
        };
        Some(Answer {
            numbers,
            text: None,
        })
    }

    /// Forgets everything, as a server that is restarted without its data.
    pub fn empty(&mut self) {
        self.parts.clear();
    }
}
