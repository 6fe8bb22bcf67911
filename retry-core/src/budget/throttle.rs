//! A count that failures lower and successes raise; retries need more than half of it.

use super::fund::{Algorithm, Token};
use super::level::Level;
use crate::time::clock::Instant;

/// One token, in the thousandths that are counted.
pub(super) const TOKEN: u64 = 1000;

/// Both in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) max: u64,
    pub(super) gain: u64,
}

#[derive(Debug)]
pub(super) struct Throttle {
    rules: Rules,
    level: Level,
}

impl Throttle {
    pub(super) fn new(rules: Rules) -> Self {
        Throttle {
            rules,
            level: Level::full(rules.max),
        }
    }

    /// What is left above the half.
    fn above(&self) -> u64 {
        self.level.get().saturating_sub(self.rules.max / 2)
    }
}

impl Algorithm for Throttle {
    #[inline]
    fn failed(&self) {
        self.level.drain(TOKEN);
    }

    fn draw(&self, _: fn() -> Instant, _: bool) -> Option<Token> {
        (self.above() > 0).then_some(0)
    }

    fn give_back(&self, _: Token) {}

    #[inline]
    fn succeeded(&self, _: Option<Token>) {
        self.level.put(self.rules.gain);
    }

    /// Each of them after one more failure.
    fn available(&self) -> u64 {
        self.above().saturating_sub(1) / TOKEN
    }
    fn spent(&self) -> (u64, u64) {
        let all = self.rules.max - self.rules.max / 2;
        (all - self.above(), all)
    }
}
