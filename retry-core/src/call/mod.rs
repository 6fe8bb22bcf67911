//! The types of one call: its attempts, their outcomes, and its end.

pub(crate) mod attempt;
pub(crate) mod callbacks;
pub(crate) mod error;
pub(crate) mod generator;
#[cfg(feature = "std")]
mod interned;
pub(crate) mod interrupt;
pub(crate) mod name;
pub(crate) mod outcome;
pub(crate) mod random;
#[cfg(feature = "std")]
pub(crate) mod report;
pub(crate) mod state;
