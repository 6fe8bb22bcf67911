//! Clocks, sleepers and pauses.

#[cfg(feature = "std")]
pub(crate) mod alarm;
#[cfg(feature = "std")]
pub(crate) mod blocked;
#[cfg(feature = "std")]
pub mod clock;
#[cfg(not(feature = "std"))]
pub(crate) mod clock;
pub(crate) mod coop;
pub(crate) mod display;
pub(crate) mod pause;
pub(crate) mod sleep;
