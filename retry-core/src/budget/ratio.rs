//! Retries of a moving window of time against the calls of that window.

use core::time::Duration;
use std::sync::OnceLock;

use super::fund::{Algorithm, Token};
use super::plan::WHOLE;
use super::window::Window;
use crate::time::clock::Instant;
use crate::time::ticks::nanos;

#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// In millionths.
    pub(super) ratio: u64,
    pub(super) window: Duration,
    /// Retries a second.
    pub(super) reserve: u32,
}

#[derive(Debug)]
pub(super) struct Ratio {
    rules: Rules,
    window: Window,
    /// The clock of the first call, and when that began.
    started: OnceLock<(fn() -> Instant, Instant)>,
}

impl Ratio {
    pub(super) fn new(rules: Rules) -> Self {
        Ratio {
            rules,
            window: Window::new(nanos(rules.window)),
            started: OnceLock::new(),
        }
    }

    /// The time by this clock, in nanoseconds since the first call.
    fn time(&self, clock: fn() -> Instant) -> u64 {
        let now = clock();
        let (_, start) = *self.started.get_or_init(|| (clock, now));
        nanos(now.saturating_duration_since(start))
    }

    /// What this many calls of a window allow, in millionths of a retry.
    fn allowance(&self, calls: u64) -> u64 {
        // Per second times microseconds.
        let reserve = u64::from(self.rules.reserve) * self.rules.window.as_micros() as u64;
        reserve.saturating_add(self.rules.ratio.saturating_mul(calls))
    }

    /// How many more retries the counts of a window allow.
    fn left(&self, calls: u64, retries: u64) -> u64 {
        self.allowance(calls).saturating_sub(retries * WHOLE) / WHOLE
    }

    /// Calls and retries of the window that ends now.
    fn counts(&self) -> (u64, u64) {
        let now = self.started.get().map_or(0, |&(clock, _)| self.time(clock));
        self.window.counts(now)
    }
}

impl Algorithm for Ratio {
    fn opened(&self, clock: fn() -> Instant) {
        self.window.call(self.time(clock));
    }

    fn draw(&self, clock: fn() -> Instant, _: bool) -> Option<Token> {
        let now = self.time(clock);
        self.window
            .draw(now, |calls, retries| self.left(calls, retries) > 0)
    }

    fn give_back(&self, slice: Token) {
        self.window.give_back(slice);
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
