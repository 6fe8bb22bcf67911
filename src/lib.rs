//! placeholder
#![forbid(unsafe_code)]
extern crate self as persevere;
pub use persevere_core::*;
