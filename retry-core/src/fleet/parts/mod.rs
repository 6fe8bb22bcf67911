//! The parts, one a file.

pub(super) mod rate_limiter;
