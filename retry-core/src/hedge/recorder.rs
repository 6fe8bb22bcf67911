//! What measures attempts for the hedges to come.

use core::time::Duration;
use std::thread;

use crate::hedge::Latency;
use crate::time::clock::Instant;

/// What measures an attempt; `()` measures nothing and reads no clock.
#[doc(hidden)]
pub trait LatencyRecorder {
    /// Tells the compiler that what goes with it is there.
    #[inline(always)]
    fn assert_inhabited(&self) {}
    /// An attempt that is dropped is measured too, by this clock.
    #[inline(always)]
    fn hears_of_drops(&mut self, _clock: fn() -> Instant) {}
    /// A copy starts while no other runs.
    fn begin(&mut self, now: impl FnOnce() -> Instant);
    /// A copy has answered.
    fn answered(&mut self, now: impl FnOnce() -> Instant);
    /// All copies have failed. How soon says nothing of how long an answer takes.
    #[inline(always)]
    fn failed(&mut self) {}
}

impl LatencyRecorder for () {
    #[inline(always)]
    fn begin(&mut self, _: impl FnOnce() -> Instant) {}

    #[inline(always)]
    fn answered(&mut self, _: impl FnOnce() -> Instant) {}
}

/// What measures attempts that are not hedged: there is none.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unhedged {}

/// Tells the compiler that what goes with it need not be dropped either.
impl Drop for Unhedged {
    #[inline(always)]
    fn drop(&mut self) {
        match *self {}
    }
}

impl LatencyRecorder for Unhedged {
    #[inline(always)]
    fn assert_inhabited(&self) {
        match *self {}
    }

    fn begin(&mut self, _: impl FnOnce() -> Instant) {
        match *self {}
    }

    fn answered(&mut self, _: impl FnOnce() -> Instant) {
        match *self {}
    }
}

/// An attempt that a [`Latency`] measures.
#[doc(hidden)]
#[derive(Debug)]
pub struct Measured<'a> {
    latency: &'a Latency,
    /// The time that attempts are taken to last.
    estimate: Option<Duration>,
    /// Nobody has answered since.
    began: Option<Instant>,
    clock: Option<fn() -> Instant>,
}

impl<'a> Measured<'a> {
    pub(crate) fn new(latency: &'a Latency, estimate: Option<Duration>) -> Self {
        Measured {
            latency,
            estimate,
            began: None,
            clock: None,
        }
    }
}

impl LatencyRecorder for Measured<'_> {
    fn hears_of_drops(&mut self, clock: fn() -> Instant) {
        self.clock = Some(clock);
    }

    fn begin(&mut self, now: impl FnOnce() -> Instant) {
        self.began = Some(now());
    }

    // Measured from the copy that was found slow, not from the one that answered for it: else hardly
    // an attempt would seem to take longer than the delay, and the delay would shrink until it copied
    // far more than its share.
    fn answered(&mut self, now: impl FnOnce() -> Instant) {
        if let Some(began) = self.began.take() {
            self.latency.record(now().saturating_duration_since(began));
        }
    }

    fn failed(&mut self) {
        self.began = None;
    }
}

/// An attempt that is dropped was cut, or nobody waits for it any more: its answer takes longer. One that
/// panicked has ended.
impl Drop for Measured<'_> {
    fn drop(&mut self) {
        if let (Some(began), Some(clock), false) = (self.began, self.clock, thread::panicking()) {
            let ran = clock().saturating_duration_since(began);
            self.latency.record_unanswered(ran, self.estimate);
        }
    }
}
