//! The shared state of a budget.

use super::algorithm::{BudgetAlgorithm, InFlight, Ratio, Throttle, Token, Tokens};
use super::settings::AlgorithmSettings;
use crate::time::clock::Instant;
use crate::util::listed::{Kind, List};
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The state that all handles of a [`RetryBudget`](crate::RetryBudget) withdraw from.
#[derive(Debug)]
pub(crate) struct BudgetState {
    name: Option<&'static str>,
    algorithm: Algorithm,
    // Relaxed, both: counts for people, by which nothing is decided. Each refund follows a grant to the same
    // handle.
    granted: AtomicU64,
    refused: AtomicU64,
}

#[derive(Debug)]
enum Algorithm {
    Tokens(Tokens),
    /// Ten times the size of the others.
    Ratio(Box<Ratio>),
    Throttle(Throttle),
    InFlight(InFlight),
}

/// Calls a method of the algorithm; a provided method that does nothing compiles to nothing.
macro_rules! each {
    ($state:ident, $algorithm:ident => $asked:expr) => {
        match &$state.algorithm {
            Algorithm::Tokens($algorithm) => $asked,
            Algorithm::Ratio($algorithm) => $asked,
            Algorithm::Throttle($algorithm) => $asked,
            Algorithm::InFlight($algorithm) => $asked,
        }
    };
}

static BUDGETS: List<BudgetState> = List::new();

impl Kind for BudgetState {
    fn list() -> &'static List<Self> {
        &BUDGETS
    }
}

impl BudgetState {
    pub(super) fn new(name: Option<&'static str>, settings: AlgorithmSettings) -> Self {
        BudgetState {
            name,
            algorithm: match settings {
                AlgorithmSettings::Tokens(settings) => Algorithm::Tokens(Tokens::new(settings)),
                AlgorithmSettings::Ratio(settings) => {
                    Algorithm::Ratio(Box::new(Ratio::new(settings)))
                }
                AlgorithmSettings::Throttle(settings) => {
                    Algorithm::Throttle(Throttle::new(settings))
                }
                AlgorithmSettings::InFlight(settings) => {
                    Algorithm::InFlight(InFlight::new(settings))
                }
            },
            granted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Returns the bucket; `None` of a budget of another kind.
    #[cfg(any(feature = "redis-fleet", all(test, persevere_loom)))]
    pub(super) const fn tokens(&self) -> Option<&Tokens> {
        match &self.algorithm {
            Algorithm::Tokens(tokens) => Some(tokens),
            _ => None,
        }
    }

    /// Returns the ratio; `None` of a budget of another kind.
    #[cfg(feature = "redis-fleet")]
    pub(super) fn ratio(&self) -> Option<&Ratio> {
        match &self.algorithm {
            Algorithm::Ratio(ratio) => Some(ratio),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn opened(&self, clock: fn() -> Instant) {
        each!(self, algorithm => algorithm.opened(clock));
    }

    #[inline]
    pub(super) fn failed(&self) {
        each!(self, algorithm => algorithm.failed());
    }

    pub(super) fn withdraw(&self, clock: fn() -> Instant, timed_out: bool) -> Option<Token> {
        let withdrawn = each!(self, algorithm => algorithm.withdraw(clock, timed_out));
        let counter = if withdrawn.is_some() {
            &self.granted
        } else {
            &self.refused
        };
        counter.fetch_add(1, Ordering::Relaxed);
        withdrawn
    }

    /// Returns whether a retry is paid for when it begins, instead of when its pause does.
    pub(super) fn withdraws_at_start(&self) -> bool {
        each!(self, algorithm => algorithm.withdraws_at_start())
    }

    pub(super) fn refund(&self, token: Token) {
        each!(self, algorithm => algorithm.refund(token));
        self.granted.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts `retries` retries that have finished.
    pub(super) fn finished(&self, retries: u32) {
        each!(self, algorithm => algorithm.finished(retries));
    }

    #[inline]
    pub(super) fn succeeded(&self, last: Option<Token>) {
        each!(self, algorithm => algorithm.succeeded(last));
    }

    #[inline]
    pub(super) fn closed(&self) {
        each!(self, algorithm => algorithm.closed());
    }

    pub(crate) const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Returns the constructor of its kind.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Tokens(_) => "tokens",
            Algorithm::Ratio(_) => "ratio",
            Algorithm::Throttle(_) => "throttle",
            Algorithm::InFlight(_) => "in_flight",
        }
    }

    pub(crate) fn available(&self) -> u64 {
        each!(self, algorithm => algorithm.available())
    }

    /// Returns the share that is spent, at most 1; 1 if nothing could be spent.
    pub(super) fn pressure(&self) -> f64 {
        match each!(self, algorithm => algorithm.spent()) {
            (_, 0) => 1.0,
            (spent, all) => spent.min(all) as f64 / all as f64,
        }
    }

    pub(crate) fn granted(&self) -> u64 {
        self.granted.load(Ordering::Relaxed)
    }

    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
