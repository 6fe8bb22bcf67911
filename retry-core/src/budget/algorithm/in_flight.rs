//! Retries in flight against calls in flight.

use super::WHOLE;
use super::{BudgetAlgorithm, Token};
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug)]
pub(in crate::budget) struct InFlightSettings {
    pub(in crate::budget) minimum: u32,
    /// In millionths.
    pub(in crate::budget) ratio: u64,
}

/// Both counts in one word, so that they are seen together: calls above, retries below.
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

    /// The number of retries that can fly beside these calls: one more than `r / (calls + r) ≤ ratio` has, since
    /// those are refused that find more than the ratio.
    fn most(&self, calls: u64) -> u64 {
        let InFlightSettings { minimum, ratio } = self.settings;
        let by_ratio = match WHOLE - ratio {
            0 => EVERY,
            others => (calls * ratio / others + 1).min(EVERY),
        };
        by_ratio.max(u64::from(minimum))
    }

    fn left(&self, in_flight: u64) -> u64 {
        self.most(in_flight / CALL).saturating_sub(in_flight % CALL)
    }
}

/// As many retries as there is room for in the word.
const EVERY: u64 = CALL - 1;

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
