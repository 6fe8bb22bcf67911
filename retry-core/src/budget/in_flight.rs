//! Retries in flight against calls in flight.

use super::fund::{Algorithm, Token};
use super::plan::WHOLE;
use crate::time::clock::Instant;
use crate::util::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) minimum: u32,
    /// In millionths.
    pub(super) ratio: u64,
}

/// Both counts in one word, so that they are seen together: calls above, retries below.
#[derive(Debug)]
pub(super) struct InFlight {
    rules: Rules,
    flying: AtomicU64,
}

const CALL: u64 = 1 << 32;

impl InFlight {
    pub(super) fn new(rules: Rules) -> Self {
        InFlight {
            rules,
            flying: AtomicU64::new(0),
        }
    }

    /// The number of retries that can fly beside these calls: one more than `r / (calls + r) ≤ ratio` has, since
    /// those are refused that find more than the ratio.
    fn most(&self, calls: u64) -> u64 {
        let Rules { minimum, ratio } = self.rules;
        let by_ratio = match WHOLE - ratio {
            0 => EVERY,
            others => (calls * ratio / others + 1).min(EVERY),
        };
        by_ratio.max(u64::from(minimum))
    }

    fn left(&self, flying: u64) -> u64 {
        self.most(flying / CALL).saturating_sub(flying % CALL)
    }
}

/// As many retries as there is room for in the word.
const EVERY: u64 = CALL - 1;

impl Algorithm for InFlight {
    #[inline]
    fn draws_when_it_begins(&self) -> bool {
        true
    }

    #[inline]
    fn opened(&self, _: fn() -> Instant) {
        self.flying.fetch_add(CALL, Ordering::Relaxed);
    }

    fn draw(&self, _: fn() -> Instant, _: bool) -> Option<Token> {
        self.flying
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |flying| {
                (self.left(flying) > 0).then_some(flying + 1)
            })
            .ok()
            .map(|_| 0)
    }

    fn give_back(&self, _: Token) {
        self.landed(1);
    }

    fn landed(&self, retries: u32) {
        self.flying.fetch_sub(u64::from(retries), Ordering::Relaxed);
    }

    #[inline]
    fn closed(&self) {
        self.flying.fetch_sub(CALL, Ordering::Relaxed);
    }

    fn available(&self) -> u64 {
        self.left(self.flying.load(Ordering::Relaxed))
    }

    fn spent(&self) -> (u64, u64) {
        let flying = self.flying.load(Ordering::Relaxed);
        (flying % CALL, self.most(flying / CALL))
    }
}
