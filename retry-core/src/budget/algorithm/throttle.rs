//! The algorithm of `throttle`: failures lower a count, successes raise it, and retries need more than half.

use super::bounded::BoundedCounter;
use super::budget_algorithm::{BudgetAlgorithm, Token};
use crate::time::clock::Instant;

/// One token, in the thousandths that are counted.
pub(in crate::budget) const TOKEN: u64 = 1000;

/// The settings of a throttle, in thousandths.
#[derive(Clone, Copy, Debug)]
pub(in crate::budget) struct ThrottleSettings {
    pub(in crate::budget) max: u64,
    pub(in crate::budget) gain: u64,
}

#[derive(Debug)]
pub(in crate::budget) struct Throttle {
    settings: ThrottleSettings,
    counter: BoundedCounter,
}

impl Throttle {
    pub(in crate::budget) fn new(settings: ThrottleSettings) -> Self {
        Throttle {
            settings,
            counter: BoundedCounter::full(settings.max),
        }
    }

    /// Returns the amount above half of the maximum.
    fn above(&self) -> u64 {
        self.counter.get().saturating_sub(self.settings.max / 2)
    }
}

impl BudgetAlgorithm for Throttle {
    #[inline]
    fn failed(&self) {
        self.counter.drain(TOKEN);
    }

    fn withdraw(&self, _: fn() -> Instant, _: bool) -> Option<Token> {
        (self.above() > 0).then_some(0)
    }

    fn refund(&self, _: Token) {}

    #[inline]
    fn succeeded(&self, _: Option<Token>) {
        self.counter.put(self.settings.gain);
    }

    /// Counts one failure before each retry.
    fn available(&self) -> u64 {
        self.above().saturating_sub(1) / TOKEN
    }

    fn spent(&self) -> (u64, u64) {
        let all = self.settings.max - self.settings.max / 2;
        (all - self.above(), all)
    }
}
