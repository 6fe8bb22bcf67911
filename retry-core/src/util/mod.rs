//! Helpers of every other module.

pub(crate) mod source_chain;
pub(crate) mod sync;
