//! Helpers for all other modules.

#[cfg(feature = "std")]
pub(crate) mod caught;
#[cfg(feature = "std")]
pub(crate) mod key;
#[cfg(feature = "std")]
pub(crate) mod listed;
#[cfg(feature = "std")]
pub(crate) mod local_arc;
#[cfg(feature = "std")]
pub(crate) mod notify;
pub(crate) mod source_chain;
#[cfg(feature = "std")]
pub(crate) mod striped;
pub(crate) mod sync;
#[cfg(feature = "std")]
pub(crate) mod tagged_counter;
pub(crate) mod tally;
#[cfg(feature = "std")]
pub(crate) mod wakers;
