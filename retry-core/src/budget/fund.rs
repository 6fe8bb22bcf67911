//! The state of a budget: what all of its purses draw from.

use alloc::boxed::Box;
use std::sync::Arc;

use super::in_flight::InFlight;
use super::plan::Plan;
use super::purse::Purse;
use super::ratio::Ratio;
use super::throttle::Throttle;
use super::tokens::Tokens;
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

/// The shared state of a [`RetryBudget`](super::RetryBudget).
#[derive(Debug)]
pub struct Fund {
    books: Books,
    granted: AtomicU64,
    refused: AtomicU64,
}

#[derive(Debug)]
enum Books {
    Tokens(Tokens),
    /// Ten times the size of the others.
    Ratio(Box<Ratio>),
    Throttle(Throttle),
    InFlight(InFlight),
}

/// Asks whichever algorithm it is: where that does not care, nothing is called.
macro_rules! each {
    ($fund:ident, $books:ident => $asked:expr) => {
        match &$fund.books {
            Books::Tokens($books) => $asked,
            Books::Ratio($books) => $asked,
            Books::Throttle($books) => $asked,
            Books::InFlight($books) => $asked,
        }
    };
}

/// What a draw took, which a return gives back: a number of tokens, or the slice of time that it
/// was taken in, as the algorithm counts.
pub(super) type Token = u32;

/// How an algorithm counts. What it does not care for, it leaves out.
pub(super) trait Algorithm {
    /// Whether a retry is drawn when it begins, rather than when its pause does.
    #[inline]
    fn draws_when_it_begins(&self) -> bool {
        false
    }

    /// A call begins.
    #[inline]
    fn opened(&self, _clock: fn() -> Instant) {}

    /// An attempt ended with a retryable outcome.
    #[inline]
    fn failed(&self) {}

    /// Takes what one retry costs, or nothing.
    fn draw(&self, clock: fn() -> Instant, timed_out: bool) -> Option<Token>;

    /// A retry that was paid for does not begin.
    fn give_back(&self, token: Token);

    /// So many retries are no longer in flight.
    #[inline]
    fn landed(&self, _retries: u32) {}

    /// A call succeeded; its last retry cost this.
    #[inline]
    fn succeeded(&self, _last: Option<Token>) {}

    /// A call ended.
    #[inline]
    fn closed(&self) {}

    /// How many retries are left.
    fn available(&self) -> u64;

    /// What is spent, and what could be.
    fn spent(&self) -> (u64, u64);
}

impl Fund {
    pub(super) fn new(plan: Plan) -> Self {
        Fund {
            books: match plan {
                Plan::Tokens(rules) => Books::Tokens(Tokens::new(rules)),
                Plan::Ratio(rules) => Books::Ratio(Box::new(Ratio::new(rules))),
                Plan::Throttle(rules) => Books::Throttle(Throttle::new(rules)),
                Plan::InFlight(rules) => Books::InFlight(InFlight::new(rules)),
            },
            granted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// A call begins that keeps the fund by itself.
    pub fn open(self: &Arc<Self>, clock: fn() -> Instant) -> Purse<'static> {
        Purse::sharing(Arc::clone(self), clock)
    }

    #[inline]
    pub(super) fn opened(&self, clock: fn() -> Instant) {
        each!(self, books => books.opened(clock));
    }

    #[inline]
    pub(super) fn failed(&self) {
        each!(self, books => books.failed());
    }

    pub(super) fn draw(&self, clock: fn() -> Instant, timed_out: bool) -> Option<Token> {
        let drawn = each!(self, books => books.draw(clock, timed_out));
        let counter = if drawn.is_some() {
            &self.granted
        } else {
            &self.refused
        };
        counter.fetch_add(1, Ordering::Relaxed);
        drawn
    }

    /// Whether a retry is drawn when it begins, rather than when its pause does.
    pub(super) fn draws_when_it_begins(&self) -> bool {
        each!(self, books => books.draws_when_it_begins())
    }

    pub(super) fn give_back(&self, token: Token) {
        each!(self, books => books.give_back(token));
        self.granted.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn landed(&self, retries: u32) {
        each!(self, books => books.landed(retries));
    }

    #[inline]
    pub(super) fn succeeded(&self, last: Option<Token>) {
        each!(self, books => books.succeeded(last));
    }

    #[inline]
    pub(super) fn closed(&self) {
        each!(self, books => books.closed());
    }

    pub(super) fn available(&self) -> u64 {
        each!(self, books => books.available())
    }

    /// The share that is spent, at most 1. Of nothing, all is.
    pub(super) fn pressure(&self) -> f64 {
        match each!(self, books => books.spent()) {
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
