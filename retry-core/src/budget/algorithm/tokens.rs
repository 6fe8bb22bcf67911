//! The algorithm of `tokens` and `total`: a bucket that retries take from, and that successes may refill.

use super::bounded::BoundedCounter;
use super::budget_algorithm::{BudgetAlgorithm, Token};
use crate::time::clock::Instant;

#[derive(Clone, Copy, Debug)]
pub(in crate::budget) struct TokensSettings {
    pub(in crate::budget) capacity: u32,
    pub(in crate::budget) retry: u32,
    pub(in crate::budget) timed_out: u32,
    pub(in crate::budget) refills: bool,
}

#[derive(Debug)]
pub(in crate::budget) struct Tokens {
    settings: TokensSettings,
    counter: BoundedCounter,
}

impl Tokens {
    pub(in crate::budget) fn new(settings: TokensSettings) -> Self {
        Tokens {
            settings,
            counter: BoundedCounter::full(u64::from(settings.capacity)),
        }
    }
}

/// The tokens that one process of a fleet holds.
#[cfg(any(feature = "redis-fleet", all(test, persevere_loom)))]
impl Tokens {
    /// Changes the capacity to a share of it, as far as it is full, and returns the capacity that it has.
    pub(in crate::budget) fn set_share(&self, tokens: u64) -> u64 {
        self.counter.rebound(tokens)
    }
}

impl BudgetAlgorithm for Tokens {
    fn withdraw(&self, _: fn() -> Instant, timed_out: bool) -> Option<Token> {
        let cost = if timed_out {
            self.settings.timed_out
        } else {
            self.settings.retry
        };
        self.counter.take(u64::from(cost)).then_some(cost)
    }

    fn refund(&self, cost: Token) {
        self.counter.put(u64::from(cost));
    }

    #[inline]
    fn succeeded(&self, last: Option<Token>) {
        if self.settings.refills {
            self.counter.put(u64::from(last.unwrap_or(1)));
        }
    }

    fn available(&self) -> u64 {
        self.counter.get() / u64::from(self.settings.retry)
    }

    fn spent(&self) -> (u64, u64) {
        let all = self.counter.bound();
        // Two words, of which the bound may have been lowered in between.
        (all.saturating_sub(self.counter.get()), all)
    }
}
