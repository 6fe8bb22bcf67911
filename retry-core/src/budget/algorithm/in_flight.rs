//! The algorithm of `in_flight`: retries in flight against calls in flight.

use super::budget_algorithm::{BudgetAlgorithm, Token, WHOLE};
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug)]
pub(in crate::budget) struct InFlightSettings {
    pub(in crate::budget) minimum: u32,
    /// In millionths.
    pub(in crate::budget) ratio: u64,
}

/// The counts of calls and retries in flight, in one word, so that they are seen together: calls in the upper
/// half, retries in the lower.
///
/// Every access is relaxed: each change is one atomic step on this one word, and no other memory is read by
/// it. Every subtraction follows an addition for the same call.
#[derive(Debug)]
pub(in crate::budget) struct InFlight {
    settings: InFlightSettings,
    in_flight: AtomicU64,
}

const CALL: u64 = 1 << 32;

impl InFlight {
    pub(in crate::budget) fn new(settings: InFlightSettings) -> Self {
        InFlight {
            settings,
            in_flight: AtomicU64::new(0),
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

    fn left(&self, in_flight: u64) -> u64 {
        self.most(in_flight / CALL).saturating_sub(in_flight % CALL)
    }
}

/// The most retries that the word can count.
const MAX_RETRIES: u64 = CALL - 1;

impl BudgetAlgorithm for InFlight {
    #[inline]
    fn withdraws_at_start(&self) -> bool {
        true
    }

    #[inline]
    fn opened(&self, _: fn() -> Instant) {
        self.in_flight.fetch_add(CALL, Ordering::Relaxed);
    }

    fn withdraw(&self, _: fn() -> Instant, _: bool) -> Option<Token> {
        self.in_flight
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |in_flight| {
                (self.left(in_flight) > 0).then_some(in_flight + 1)
            })
            .ok()
            .map(|_| 0)
    }

    fn refund(&self, _: Token) {
        self.finished(1);
    }

    fn finished(&self, retries: u32) {
        self.in_flight
            .fetch_sub(u64::from(retries), Ordering::Relaxed);
    }

    #[inline]
    fn closed(&self) {
        self.in_flight.fetch_sub(CALL, Ordering::Relaxed);
    }

    fn available(&self) -> u64 {
        self.left(self.in_flight.load(Ordering::Relaxed))
    }

    fn spent(&self) -> (u64, u64) {
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        (in_flight % CALL, self.most(in_flight / CALL))
    }
}
