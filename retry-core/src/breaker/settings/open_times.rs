//! The open times of a breaker, written one by one.

use std::time::Duration;

use crate::time::ticks::nanos;

/// The most open times that a breaker can have.
const MOST: usize = 8;

/// The open time of each opening in a row, in nanoseconds; the last one is that of all further openings.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenTimes {
    nanos: [u64; MOST],
    /// The number of times that were given, which may be a mistake.
    given: usize,
}

impl OpenTimes {
    pub(super) const fn of(times: &[Duration]) -> Self {
        let mut all = OpenTimes {
            nanos: [0; MOST],
            given: times.len(),
        };
        let mut at = 0;
        while at < all.held() {
            all.nanos[at] = nanos(times[at]);
            at += 1;
        }
        all
    }

    /// Returns whether they are some, but not too many, and each is a time.
    pub(super) const fn are_valid(&self) -> bool {
        let mut at = 0;
        while at < self.held() {
            if matches!(self.nanos[at], 0 | u64::MAX) {
                return false;
            }
            at += 1;
        }
        self.given == self.held() && self.given > 0
    }

    /// Returns the time of the nth opening in a row, from 1.
    pub(super) fn nth(&self, opening: u32) -> u64 {
        let last = self.held().saturating_sub(1);
        let at = (opening.saturating_sub(1) as usize).min(last);
        self.nanos[at]
    }

    /// Returns the longest of them.
    #[cfg(feature = "redis-fleet")]
    pub(super) fn longest(&self) -> u64 {
        self.nanos.into_iter().max().unwrap_or(0)
    }

    const fn held(&self) -> usize {
        if self.given < MOST { self.given } else { MOST }
    }
}
