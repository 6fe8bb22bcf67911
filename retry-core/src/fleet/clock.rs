//! The clock of a fleet: that of async calls.

use crate::time::clock::read_async;
use crate::time::ticks::ticks;

/// Reads the clock, in ticks.
pub fn now() -> u64 {
    ticks(read_async())
}
