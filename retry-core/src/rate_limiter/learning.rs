//! The pace of a limiter that learns its rate.

use std::sync::PoisonError;

use super::adaptive::Adaptive;
use super::gcra::Pace;
use super::rate_limiter::RateLimiter;
use crate::time::clock::Instant;
use crate::time::ticks::ticks;
use crate::util::sync::atomic::Ordering;

/// The nanoseconds of a second.
const NANOS: f64 = 1e9;

impl RateLimiter {
    /// Records that the service has throttled an attempt.
    pub(crate) fn throttled(&self, now: Instant) {
        self.learn(ticks(now), true);
    }

    /// Records that the service has answered an attempt, and has not throttled it.
    pub(crate) fn succeeded(&self, clock: impl FnOnce() -> Instant) {
        self.answered();
        if self.settings.learns().is_some() {
            self.learn(ticks(clock()), false);
        }
    }

    fn learn(&self, now: u64, throttled: bool) {
        let Some(bounds) = self.settings.learns() else {
            return;
        };
        let seconds = now as f64 / NANOS;
        let adaptive = self
            .state()
            .adaptive
            .get_or_init(|| Box::new(Adaptive::new(seconds, bounds).into()));
        // Nothing that can panic happens under the lock.
        let mut adaptive = adaptive.lock().unwrap_or_else(PoisonError::into_inner);
        adaptive.learn(seconds, throttled);
        if let Some(rate) = adaptive.rate() {
            // `as` saturates.
            let interval = (NANOS / rate).ceil() as u64;
            self.set_pace(Pace::new(interval, self.settings.permits_at_once()));
        }
    }

    /// Changes the pace; the caller has the lock of what is learned. The time of the next permit stays what it is.
    fn set_pace(&self, pace: Pace) {
        let former = self.pace();
        let shift = |arrival: u64| {
            (arrival.saturating_add(pace.tolerance)).saturating_sub(former.tolerance)
        };
        // A thread that knows one of both alone finds a permit too late, never too early.
        if pace.tolerance >= former.tolerance {
            self.state().word.update(|word| Some(shift(word.arrival())));
            self.state().learned.store(pace.interval, Ordering::Relaxed);
        } else {
            self.state().learned.store(pace.interval, Ordering::Relaxed);
            self.state().word.update(|word| Some(shift(word.arrival())));
        }
    }
}
