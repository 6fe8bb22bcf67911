//! A bucket of tokens that retries take from and successes refill; or nothing does.

use super::fund::{Algorithm, Token};
use super::level::Level;
use crate::time::clock::Instant;

#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) capacity: u32,
    pub(super) retry: u32,
    pub(super) timed_out: u32,
    pub(super) refills: bool,
}

#[derive(Debug)]
pub(super) struct Tokens {
    rules: Rules,
    level: Level,
}

impl Tokens {
    pub(super) fn new(rules: Rules) -> Self {
        Tokens {
            rules,
            level: Level::full(u64::from(rules.capacity)),
        }
    }
}

impl Algorithm for Tokens {
    fn draw(&self, _: fn() -> Instant, timed_out: bool) -> Option<Token> {
        let cost = if timed_out {
            self.rules.timed_out
        } else {
            self.rules.retry
        };
        self.level.take(u64::from(cost)).then_some(cost)
    }

    fn give_back(&self, cost: Token) {
        self.level.put(u64::from(cost));
    }

    #[inline]
    fn succeeded(&self, last: Option<Token>) {
        if self.rules.refills {
            self.level.put(u64::from(last.unwrap_or(1)));
        }
    }

    fn available(&self) -> u64 {
        self.level.get() / u64::from(self.rules.retry)
    }
    fn spent(&self) -> (u64, u64) {
        let all = u64::from(self.rules.capacity);
        (all - self.level.get(), all)
    }
}
