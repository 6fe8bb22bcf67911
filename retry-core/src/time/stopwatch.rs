//! A stopwatch that starts with a call.

use std::time::Duration;

use crate::time::clock::read_blocking;
use crate::time::instant::Instant;

/// The start of a call, if its policy needs the time, and the clock to read.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    started: Option<Instant>,
    now: fn() -> Instant,
}

impl Stopwatch {
    /// Starts a stopwatch; reads the clock only if `wanted`.
    #[inline]
    pub fn start(now: fn() -> Instant, wanted: bool) -> Self {
        let started = if wanted { Some(now()) } else { None };
        Stopwatch { started, now }
    }

    /// Creates the stopwatch of a call that has not begun.
    #[inline]
    pub(crate) const fn idle() -> Self {
        Stopwatch {
            started: None,
            now: read_blocking,
        }
    }

    /// Returns the stopwatch of a call that `started` then, by this clock.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) const fn since(started: Option<Instant>, now: fn() -> Instant) -> Self {
        Stopwatch { started, now }
    }

    /// Returns the start of the call, if it is needed.
    #[inline]
    pub(crate) fn started(&self) -> Option<Instant> {
        self.started
    }

    /// Returns the clock that is read.
    #[inline]
    pub(crate) fn clock(&self) -> fn() -> Instant {
        self.now
    }

    /// Returns the time since the start; zero if it is not needed.
    #[inline]
    pub fn elapsed(&self) -> Duration {
        match self.started {
            Some(started) => (self.now)().saturating_duration_since(started),
            None => Duration::ZERO,
        }
    }
}
