//! A clock that is read at most once, and only on demand.

use std::cell::Cell;

use std::time::Duration;

use crate::time::clock::Instant;
pub(super) use crate::time::clock::read;
use crate::time::ticks::ticks;

/// A clock that stands still after its first reading.
pub(super) struct CachedClock {
    clock: fn() -> Instant,
    now: Cell<Option<u64>>,
}

impl CachedClock {
    #[inline]
    pub(super) fn new(clock: fn() -> Instant) -> Self {
        CachedClock {
            clock,
            now: Cell::new(None),
        }
    }

    /// Creates a clock that has been read already.
    pub(super) fn at(now: u64) -> Self {
        CachedClock {
            clock: read,
            now: Cell::new(Some(now)),
        }
    }

    #[inline]
    pub(super) fn now(&self) -> u64 {
        self.now.get().unwrap_or_else(|| {
            let now = ticks((self.clock)());
            self.now.set(Some(now));
            now
        })
    }
}

pub(super) fn duration(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}
