//! Clocks, sleepers and pauses.

#[cfg(feature = "std")]
pub(crate) mod alarm;
#[cfg(feature = "std")]
pub mod clock;
pub(crate) mod coop;
pub(crate) mod display;
#[cfg(feature = "std")]
pub(crate) mod instant;
pub(crate) mod pause;
pub(crate) mod sleep;
#[cfg(feature = "std")]
pub(crate) mod stopwatch;
pub(crate) mod ticks;
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) mod timeout;
