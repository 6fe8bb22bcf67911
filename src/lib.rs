//! placeholder
#![forbid(unsafe_code)]
extern crate self as persevere;
#[doc(hidden)]
pub use persevere_core::__private;
pub use persevere_core::*;
#[cfg(feature = "macros")]
pub use persevere_macros::retry;
