//! Recorders, which measure attempts for later hedges.

use core::time::Duration;
use std::thread;

use super::latency::Latency;
use crate::time::clock::Instant;

/// A recorder of one attempt; `()` records nothing and reads no clock.
#[doc(hidden)]
pub trait LatencyRecorder {
    /// Tells the compiler that the recorder exists, so that code beside an [`Unhedged`] is unreachable.
    #[inline(always)]
    fn assert_inhabited(&self) {}
    /// Records an attempt that is dropped too, by this clock.
    #[inline(always)]
    fn hears_of_drops(&mut self, _clock: fn() -> Instant) {}
    /// Records the start of a copy while no other runs.
    fn begin(&mut self, now: impl FnOnce() -> Instant);
    /// Records the answer of a copy.
    fn answered(&mut self, now: impl FnOnce() -> Instant);
    /// Records that all copies have failed, which shows nothing about the time until an answer.
    #[inline(always)]
    fn failed(&mut self) {}
}

impl LatencyRecorder for () {
    #[inline(always)]
    fn begin(&mut self, _: impl FnOnce() -> Instant) {}

    #[inline(always)]
    fn answered(&mut self, _: impl FnOnce() -> Instant) {}
}

/// The recorder of attempts that are not hedged: it has no value.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unhedged {}

/// Lets the compiler see that the values beside it need not be dropped either.
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
    /// The estimate when the attempt began.
    estimate: Option<Duration>,
    /// The beginning of the attempt, until a copy answers.
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

    // Measured from the copy that was found slow, not from the one that answered for it. Otherwise hardly an
    // attempt would seem to take longer than the delay, and the delay would shrink until it copied far more
    // than its share.
    fn answered(&mut self, now: impl FnOnce() -> Instant) {
        if let Some(began) = self.began.take() {
            self.latency.record(now().saturating_duration_since(began));
        }
    }

    fn failed(&mut self) {
        self.began = None;
    }
}

/// Records an attempt that was dropped: it was cut, or its caller does not wait any more, so its answer takes
/// longer. An attempt that panicked has ended.
impl Drop for Measured<'_> {
    fn drop(&mut self) {
        if let (Some(began), Some(clock), false) = (self.began, self.clock, thread::panicking()) {
            let ran = clock().saturating_duration_since(began);
            self.latency.record_unanswered(ran, self.estimate);
        }
    }
}
