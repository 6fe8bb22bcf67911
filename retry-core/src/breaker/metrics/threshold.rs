//! A threshold: the rate that opens a breaker, and its window.

use super::count_window::CountWindow;
use super::rings::{Place, Rings, ThreadRings};
use super::time_window::TimeWindow;
use super::window_counts::WindowCounts;
use crate::breaker::cached_clock::CachedClock;
use crate::breaker::settings::rate::RateSettings;
use crate::breaker::settings::window::Kind;
use crate::time::clock::Instant;
use crate::util::sync::atomic::{Ordering, fence};

/// A rate that opens a breaker, with the window that measures it.
#[derive(Debug)]
pub(in crate::breaker) struct Threshold {
    rate: f64,
    minimum: u64,
    window: SlidingWindow,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // a breaker has one, and reads it at every call
enum SlidingWindow {
    CountWindow(CountWindow),
    TimeWindow(TimeWindow),
}

impl Threshold {
    /// Creates a threshold whose window counts in the rings at `place`.
    pub(in crate::breaker) fn new(
        RateSettings { rate, window }: RateSettings,
        minimum: Option<u32>,
        place: Place,
    ) -> Self {
        Threshold {
            rate,
            minimum: minimum.unwrap_or(window.enough()).into(),
            window: match window.0 {
                Kind::Count(calls) => SlidingWindow::CountWindow(CountWindow::new(calls, place)),
                Kind::Time(nanos) => SlidingWindow::TimeWindow(TimeWindow::new(nanos, place)),
            },
        }
    }

    /// Counts a good call; the time is read only if the window asks for it.
    #[inline(always)]
    pub(in crate::breaker) fn good(
        &self,
        rings: ThreadRings<'_>,
        generation: u32,
        now: impl FnOnce() -> u64,
    ) {
        match &self.window {
            SlidingWindow::CountWindow(calls) => calls.good(rings),
            SlidingWindow::TimeWindow(slices) => slices.good(rings, generation, now()),
        }
    }

    /// Counts a good call that ends now, as [`good`](Self::good) does.
    #[inline(always)]
    pub(in crate::breaker) fn good_now(
        &self,
        rings: &Rings,
        generation: u32,
        clock: fn() -> Instant,
    ) {
        match &self.window {
            SlidingWindow::CountWindow(calls) => rings.with_mine(|rings| calls.good(rings)),
            SlidingWindow::TimeWindow(slices) => slices.good_now(rings, generation, clock),
        }
    }

    pub(in crate::breaker) fn bad(&self, rings: &Rings, generation: u32, clock: &CachedClock) {
        match &self.window {
            SlidingWindow::CountWindow(calls) => calls.bad(rings, generation),
            SlidingWindow::TimeWindow(slices) => slices.bad(generation, clock.now()),
        }
        // Of two concurrent bad calls, each writes its own and then looks for the other's. Without an order
        // between the fences both could miss it; with one, the later of them sees both.
        fence(Ordering::SeqCst);
    }

    pub(in crate::breaker) fn counts(
        &self,
        rings: &Rings,
        generation: u32,
        clock: &CachedClock,
    ) -> WindowCounts {
        match &self.window {
            SlidingWindow::CountWindow(calls) => calls.counts(rings, generation),
            SlidingWindow::TimeWindow(slices) => slices.counts(rings, generation, clock.now()),
        }
    }

    /// Returns whether the calls in the window open the breaker.
    ///
    /// Most bad calls do not, which those that were found before already show. Calls that are not yet found can
    /// only be good ones, and lower the rate.
    pub(in crate::breaker) fn is_reached(
        &self,
        rings: &Rings,
        generation: u32,
        clock: &CachedClock,
    ) -> bool {
        if let SlidingWindow::TimeWindow(slices) = &self.window {
            let WindowCounts { calls, bad } = slices.counts_at_least(generation, clock.now());
            let calls = calls.max(self.minimum);
            if (WindowCounts { calls, bad }).rate() < self.rate {
                return false;
            }
        }
        self.trips(self.counts(rings, generation, clock))
    }

    /// Counts calls of another process as if they ended now: fewer bad ones than open the breaker, and no more than
    /// the window holds.
    pub(in crate::breaker) fn restore(
        &self,
        rings: &Rings,
        generation: u32,
        saved: WindowCounts,
        clock: &CachedClock,
        still: &dyn Fn() -> bool,
    ) {
        let calls = saved.calls.min(u32::MAX.into());
        let mut counts = WindowCounts {
            calls,
            bad: saved.bad.min(calls),
        };
        if self.trips(counts) {
            counts.bad = (self.rate * calls as f64) as u64;
        }
        if self.trips(counts) {
            counts.bad -= 1;
        }
        match &self.window {
            SlidingWindow::CountWindow(window) => window.restore(rings, generation, counts, still),
            SlidingWindow::TimeWindow(slices) => {
                slices.restore(rings.mine(), generation, clock.now(), counts);
            }
        }
    }

    /// Forgets earlier calls, before the breaker is closed in an epoch of this generation, while it is
    /// `still` the same.
    pub(in crate::breaker) fn begin(
        &self,
        rings: &Rings,
        generation: u32,
        still: &dyn Fn() -> bool,
    ) {
        match &self.window {
            SlidingWindow::CountWindow(calls) => calls.begin(rings, generation, still),
            SlidingWindow::TimeWindow(slices) => slices.clear(rings, still),
        }
    }

    /// Returns whether the rate of these counts opens the breaker.
    pub(in crate::breaker) fn trips(&self, counts: WindowCounts) -> bool {
        // The quotient, since `rate · calls` of 0.07 and 100 is above 7.
        counts.bad > 0 && counts.calls >= self.minimum && counts.rate() >= self.rate
    }
}
