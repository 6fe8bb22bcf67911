//! The state of a budget: what all of its purses draw from.

use alloc::boxed::Box;
use std::sync::Arc;

use super::algorithm::{BudgetAlgorithm, InFlight, Ratio, Throttle, Token, Tokens};
use super::handle::BudgetHandle;
use super::settings::Settings;
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The shared state of a [`RetryBudget`](super::RetryBudget).
#[derive(Debug)]
pub struct BudgetState {
    algorithm: Algorithm,
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

/// Asks whichever algorithm it is: where that does not care, nothing is called.
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

impl BudgetState {
    pub(super) fn new(settings: Settings) -> Self {
        BudgetState {
            algorithm: match settings {
                Settings::Tokens(settings) => Algorithm::Tokens(Tokens::new(settings)),
                Settings::Ratio(settings) => Algorithm::Ratio(Box::new(Ratio::new(settings))),
                Settings::Throttle(settings) => Algorithm::Throttle(Throttle::new(settings)),
                Settings::InFlight(settings) => Algorithm::InFlight(InFlight::new(settings)),
            },
            granted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// A call begins that keeps the state by itself.
    pub fn open(self: &Arc<Self>, clock: fn() -> Instant) -> BudgetHandle<'static> {
        BudgetHandle::sharing(Arc::clone(self), clock)
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

    /// Whether a retry is withdrawn when it begins, rather than when its pause does.
    pub(super) fn withdraws_at_start(&self) -> bool {
        each!(self, algorithm => algorithm.withdraws_at_start())
    }

    pub(super) fn refund(&self, token: Token) {
        each!(self, algorithm => algorithm.refund(token));
        self.granted.fetch_sub(1, Ordering::Relaxed);
    }

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

    pub(super) fn available(&self) -> u64 {
        each!(self, algorithm => algorithm.available())
    }

    /// The share that is spent, at most 1. Of nothing, all is.
    pub(super) fn pressure(&self) -> f64 {
        match each!(self, algorithm => algorithm.spent()) {
            (_, 0) => 1.0,
            (spent, all) => spent.min(all) as f64 / all as f64,
        }
    }

    pub(super) fn granted(&self) -> u64 {
        self.granted.load(Ordering::Relaxed)
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
