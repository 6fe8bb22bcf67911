//! Helpers of every other module.

pub(crate) mod source_chain;
#[cfg(feature = "std")]
pub(crate) mod striped;
pub(crate) mod sync;
#[cfg(feature = "std")]
pub(crate) mod tagged_counter;
