//! The reserve of a ratio: each process holds a part of the retries a second that need no calls.
//!
//! A part counts once it was held for a whole window, as its lowest value in that time. Each window in which a process
//! pays for a retry holds one moment that the windows of all others hold too: the beginning of the window that ends
//! last. At that moment all parts together were at most the whole. So the retries of any window are at most those of
//! one budget. By the mean of the window they would be up to twice as many: a process could spend its part at once and
//! pass it on, to be spent again while the first retries still count.

use std::ops::Deref;
use std::time::Duration;

use super::lowest::Lowest;
use super::refused::{KIND, Refused};
use crate::budget::RetryBudget;
use crate::fleet::share::Divisible;
use crate::time::ticks::nanos;

/// One retry a second, or one retry.
const ONE: u64 = 1_000_000;

/// The ticks of a second.
const SECOND: f64 = 1e9;

/// The largest reserve that is divided, in retries a second; a larger one counts as this.
///
/// Lua writes larger numbers of millionths with a power of ten.
const MOST: u32 = 10_000_000;

#[derive(Debug)]
pub(super) struct SharedReserve<B> {
    budget: B,
    name: String,
    /// The whole, in millionths of retries a second.
    whole: u64,
    window: Duration,
    share: Lowest,
    refused: Refused,
    /// The time of the last exchange.
    asked: u64,
}

impl<B> SharedReserve<B> {
    pub(super) fn new(budget: B, name: String, per_second: u32, window: Duration) -> Self {
        SharedReserve {
            budget,
            name,
            whole: u64::from(per_second.min(MOST)) * ONE,
            window,
            share: Lowest::new(nanos(window)),
            refused: Refused::default(),
            asked: 0,
        }
    }
}

impl<B: Deref<Target = RetryBudget> + Send> Divisible for SharedReserve<B> {
    const KIND: &'static str = KIND;

    fn name(&self) -> &str {
        &self.name
    }

    fn total(&self) -> u64 {
        self.whole
    }

    /// The part that has one retry in a window.
    fn least(&self) -> u64 {
        ONE.div_ceil(self.window.as_secs().max(1))
    }

    fn set(&mut self, share: u64, now: u64) -> u64 {
        // A call that has read the former reserve ends long before others count what they get of it.
        self.budget.set_reserve(self.share.set(share, now));
        share
    }

    /// The retries of the window beyond its ratio, and those that were refused lately, a second.
    fn demand(&mut self, now: u64) -> u64 {
        let since = now.saturating_sub(std::mem::replace(&mut self.asked, now));
        let used = self.budget.used_reserve() / self.window.as_secs().max(1);
        // At a steady rate the smoothed number is that of two exchanges.
        let refused = self.refused.count(&self.budget) as f64 / 2.0;
        let missed = refused * ONE as f64 * SECOND / since.max(1) as f64;
        // `as` saturates.
        used.saturating_add(missed as u64)
    }
}
