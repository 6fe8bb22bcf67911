//! What measures attempts for the hedges to come.

use crate::clock::Instant;
use crate::hedge::Latency;

/// What measures an attempt; `()` measures nothing and reads no clock.
#[doc(hidden)]
pub trait Feed {
    /// Tells the compiler that what goes with it is there.
    #[inline(always)]
    fn exists(&self) {}
    /// A copy starts while no other runs.
    fn begin(&mut self, now: impl FnOnce() -> Instant);
    /// A copy has answered.
    fn won(&mut self, now: impl FnOnce() -> Instant);
}

impl Feed for () {
    #[inline(always)]
    fn begin(&mut self, _: impl FnOnce() -> Instant) {}

    #[inline(always)]
    fn won(&mut self, _: impl FnOnce() -> Instant) {}
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

impl Feed for Unhedged {
    #[inline(always)]
    fn exists(&self) {
        match *self {}
    }

    fn begin(&mut self, _: impl FnOnce() -> Instant) {
        match *self {}
    }

    fn won(&mut self, _: impl FnOnce() -> Instant) {
        match *self {}
    }
}

/// An attempt that a [`Latency`] measures.
#[doc(hidden)]
#[derive(Debug)]
pub struct Measured<'a> {
    latency: &'a Latency,
    began: Option<Instant>,
}

impl<'a> Measured<'a> {
    pub(crate) fn new(latency: &'a Latency) -> Self {
        Measured {
            latency,
            began: None,
        }
    }
}

impl Feed for Measured<'_> {
    fn begin(&mut self, now: impl FnOnce() -> Instant) {
        self.began = Some(now());
    }

    // Measured from the copy that was found slow, not from the one that answered for it: else hardly
    // an attempt would seem to take longer than the delay, and the delay would shrink until it copied
    // far more than its share.
    fn won(&mut self, now: impl FnOnce() -> Instant) {
        if let Some(began) = self.began {
            self.latency.record(now().saturating_duration_since(began));
        }
    }
}
