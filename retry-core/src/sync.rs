//! What shared parts synchronise with: the standard library's types, or loom's where a model is
//! checked (`--cfg persevere_loom`).

#[cfg(not(all(test, persevere_loom)))]
pub(crate) use core::sync::atomic;
#[cfg(all(test, persevere_loom))]
pub(crate) use loom::sync::{Mutex, atomic};
#[cfg(all(feature = "std", not(all(test, persevere_loom))))]
pub(crate) use std::sync::Mutex;
