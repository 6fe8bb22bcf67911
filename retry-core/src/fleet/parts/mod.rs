//! The parts, one a file.

mod allowance;
pub(super) mod breaker;
pub(super) mod budget;
pub(super) mod bulkhead;
#[cfg(feature = "config")]
pub(super) mod configs;
pub(super) mod rate_limiter;
