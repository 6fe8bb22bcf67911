//! The algorithm of `in_flight`: retries in flight against calls in flight.

use super::budget_algorithm::{BudgetAlgorithm, Token, WHOLE};
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};
use crate::util::tally::Tally;

#[derive(Clone, Copy, Debug)]
pub(in crate::budget) struct InFlightSettings {
    pub(in crate::budget) minimum: u32,
    /// In millionths.
    pub(in crate::budget) ratio: u64,
}

/// The counts of calls and retries in flight.
///
/// Busy threads count calls apart, wherever they end. Retries are withdrawn from one word, so that two of them cannot
/// both take the last.
///
/// Every access is relaxed: each change is one atomic step, and no other memory is read by it. Every subtraction
/// follows an addition for the same call. A call that begins or ends at the same moment as a withdrawal is seen by it,
/// or is not; its own call is.
#[derive(Debug)]
pub(in crate::budget) struct InFlight {
    settings: InFlightSettings,
    calls: Tally<2>,
    retries: AtomicU64,
}

/// The numbers of the calls that have begun, and of those that have ended.
const BEGUN: usize = 0;
const ENDED: usize = 1;

impl InFlight {
    pub(in crate::budget) fn new(settings: InFlightSettings) -> Self {
        InFlight {
            settings,
            calls: Tally::new(),
            retries: AtomicU64::new(0),
        }
    }

    /// Returns the most retries that can be in flight beside these calls.
    ///
    /// A retry is refused when the ratio is already exceeded, so one above `r / (calls + r) ≤ ratio` is
    /// admitted.
    fn most(&self, calls: u64) -> u64 {
        let InFlightSettings { minimum, ratio } = self.settings;
        let by_ratio = match WHOLE - ratio {
            0 => MAX_RETRIES,
            others => (calls * ratio / others + 1).min(MAX_RETRIES),
        };
        by_ratio.max(u64::from(minimum))
    }

    /// Returns the most retries that can be in flight beside the calls that are.
    ///
    /// The calls that have begun are counted first, so that none counts that begins after another has ended.
    fn most_now(&self) -> u64 {
        let begun = self.calls.get(BEGUN);
        self.most(begun.saturating_sub(self.calls.get(ENDED)))
    }
}

/// The most retries in flight.
const MAX_RETRIES: u64 = u32::MAX as u64;

impl BudgetAlgorithm for InFlight {
    #[inline]
    fn withdraws_at_start(&self) -> bool {
        true
    }

    #[inline]
    fn opened(&self, _: fn() -> Instant) {
        self.calls.count([BEGUN]);
    }

    fn withdraw(&self, _: fn() -> Instant, _: bool) -> Option<Token> {
        let most = self.most_now();
        self.retries
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |retries| {
                (retries < most).then_some(retries + 1)
            })
            .ok()
            .map(|_| 0)
    }

    fn refund(&self, _: Token) {
        self.finished(1);
    }

    fn finished(&self, retries: u32) {
        self.retries
            .fetch_sub(u64::from(retries), Ordering::Relaxed);
    }

    #[inline]
    fn closed(&self) {
        self.calls.count([ENDED]);
    }

    fn available(&self) -> u64 {
        let retries = self.retries.load(Ordering::Relaxed);
        self.most_now().saturating_sub(retries)
    }

    fn spent(&self) -> (u64, u64) {
        (self.retries.load(Ordering::Relaxed), self.most_now())
    }
}
