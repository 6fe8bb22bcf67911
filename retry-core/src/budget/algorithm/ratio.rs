//! The algorithm of `ratio`: retries of a moving window of time against its calls.

use core::time::Duration;
use std::sync::OnceLock;

use super::budget_algorithm::{BudgetAlgorithm, Token, WHOLE};
use super::window::Window;
use crate::time::clock::Instant;
use crate::time::ticks::nanos;
use crate::util::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug)]
pub(in crate::budget) struct RatioSettings {
    /// In millionths.
    pub(in crate::budget) ratio: u64,
    pub(in crate::budget) window: Duration,
    /// Retries a second.
    pub(in crate::budget) reserve: u32,
}

impl RatioSettings {
    /// Returns the retries that the reserve has in a window, in millionths.
    const fn whole_reserve(self) -> u64 {
        // Per second times microseconds.
        self.reserve as u64 * self.window.as_micros() as u64
    }
}

#[derive(Debug)]
pub(in crate::budget) struct Ratio {
    settings: RatioSettings,
    /// The retries that a window has regardless of its calls, in millionths.
    ///
    /// Relaxed: a number that stands by itself.
    reserve: AtomicU64,
    window: Window,
    /// The clock and the start of the first call.
    started: OnceLock<(fn() -> Instant, Instant)>,
}

impl Ratio {
    pub(in crate::budget) fn new(settings: RatioSettings) -> Self {
        Ratio {
            settings,
            reserve: AtomicU64::new(settings.whole_reserve()),
            window: Window::new(nanos(settings.window)),
            started: OnceLock::new(),
        }
    }

    /// Reads this clock, in nanoseconds since the first call.
    fn time(&self, clock: fn() -> Instant) -> u64 {
        let now = clock();
        let (_, start) = *self.started.get_or_init(|| (clock, now));
        nanos(now.saturating_duration_since(start))
    }

    /// Returns the retries that this many calls of a window allow, in millionths.
    fn allowance(&self, calls: u64) -> u64 {
        let reserve = self.reserve.load(Ordering::Relaxed);
        reserve.saturating_add(self.settings.ratio.saturating_mul(calls))
    }

    /// Returns the retries that the counts of a window still allow.
    fn left(&self, calls: u64, retries: u64) -> u64 {
        self.allowance(calls).saturating_sub(retries * WHOLE) / WHOLE
    }

    /// Returns the calls and retries of the window that ends now.
    fn counts(&self) -> (u64, u64) {
        let now = self.started.get().map_or(0, |&(clock, _)| self.time(clock));
        self.window.counts(now)
    }
}

/// The reserve that one process of a fleet holds.
#[cfg(feature = "redis-fleet")]
impl Ratio {
    /// Changes the reserve to a share of it, in millionths of retries a second.
    pub(in crate::budget) fn set_share(&self, reserve: u64) {
        let micros = u128::from(reserve) * self.settings.window.as_micros();
        let reserve = u64::try_from(micros / u128::from(WHOLE)).unwrap_or(u64::MAX);
        let reserve = reserve.min(self.settings.whole_reserve());
        self.reserve.store(reserve, Ordering::Relaxed);
    }

    /// Returns the retries of the window beyond those that its calls allow, in millionths.
    pub(in crate::budget) fn used_reserve(&self) -> u64 {
        let (calls, retries) = self.counts();
        (retries * WHOLE).saturating_sub(self.settings.ratio.saturating_mul(calls))
    }
}

impl BudgetAlgorithm for Ratio {
    fn opened(&self, clock: fn() -> Instant) {
        self.window.call(self.time(clock));
    }

    fn withdraw(&self, clock: fn() -> Instant, _: bool) -> Option<Token> {
        let now = self.time(clock);
        self.window
            .withdraw(now, |calls, retries| self.left(calls, retries) > 0)
    }

    fn refund(&self, slice: Token) {
        self.window.refund(slice);
    }

    fn available(&self) -> u64 {
        let (calls, retries) = self.counts();
        self.left(calls, retries)
    }

    fn spent(&self) -> (u64, u64) {
        let (calls, retries) = self.counts();
        (retries * WHOLE, self.allowance(calls))
    }
}
