//! The parts, one a file.

mod allowance;
pub(super) mod breaker;
pub(super) mod budget;
pub(super) mod bulkhead;
pub(super) mod rate_limiter;
