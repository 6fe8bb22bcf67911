//! The parts, one a file.

pub(super) mod budget;
pub(super) mod bulkhead;
pub(super) mod rate_limiter;
