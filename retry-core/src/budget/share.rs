//! The share of a budget that one process of a fleet holds.

use core::time::Duration;

use super::algorithm::BudgetAlgorithm;
use super::retry_budget::RetryBudget;
use super::settings::AlgorithmSettings;

/// The part of a budget that processes can divide.
pub(crate) enum Divided {
    /// The capacity of a bucket of tokens.
    Capacity {
        tokens: u32,
        /// The cost of a retry, and of the dearest.
        retry: u32,
        dearest: u32,
    },
    /// The retries a second regardless of the calls of the window.
    Reserve { per_second: u32, window: Duration },
}

impl RetryBudget {
    /// Returns what processes can divide of it, or else what to do instead.
    pub(crate) const fn divided(&self) -> Result<Divided, &'static str> {
        match self.settings {
            AlgorithmSettings::Tokens(settings) if settings.refills => Ok(Divided::Capacity {
                tokens: settings.capacity,
                retry: settings.retry,
                dearest: if settings.retry < settings.timed_out {
                    settings.timed_out
                } else {
                    settings.retry
                },
            }),
            AlgorithmSettings::Ratio(settings) => Ok(Divided::Reserve {
                per_second: settings.reserve,
                window: settings.window,
            }),
            AlgorithmSettings::Tokens(_) => Err(
                "a total never refills, so that what a process has spent could not be lent again; take \
                 `RetryBudget::tokens(capacity)`",
            ),
            AlgorithmSettings::Throttle(_) => Err(
                "each process throttles by its own failures, which needs no fleet; for one limit on the retries of \
                 all take `RetryBudget::tokens(capacity)` or `RetryBudget::ratio(ratio, window)`",
            ),
            AlgorithmSettings::InFlight(_) => Err(
                "each process admits one retry above its ratio, whatever its part of the minimum; take \
                 `RetryBudget::ratio(ratio, window)`, or share a `Bulkhead`",
            ),
        }
    }

    /// Changes the capacity of a bucket, as far as it is full, and returns the capacity that it has.
    ///
    /// One thread at a time calls it.
    pub(crate) fn set_capacity(&self, tokens: u64) -> u64 {
        let bucket = self.state().tokens();
        bucket.map_or(0, |bucket| bucket.set_share(tokens))
    }

    /// Returns the tokens that a bucket lacks.
    pub(crate) fn spent_tokens(&self) -> u64 {
        let bucket = self.state().tokens();
        bucket.map_or(0, |bucket| bucket.spent().0)
    }

    /// Changes the reserve of a ratio, in millionths of retries a second.
    pub(crate) fn set_reserve(&self, reserve: u64) {
        if let Some(ratio) = self.state().ratio() {
            ratio.set_share(reserve);
        }
    }

    /// Returns the retries of the window beyond those that its calls allow, in millionths.
    pub(crate) fn used_reserve(&self) -> u64 {
        let ratio = self.state().ratio();
        ratio.map_or(0, |ratio| ratio.used_reserve())
    }
}
