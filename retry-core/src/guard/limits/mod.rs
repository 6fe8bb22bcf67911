//! Limits that calls share, among the guards of a policy: a rate limiter and a bulkhead.

mod call_limits;
mod limiting;
mod limits_of_call;
#[cfg(feature = "config")]
mod own;
mod shared;
mod shown;

pub(super) use self::call_limits::hearing;
pub(crate) use self::call_limits::{CallLimits, Entry};
pub(crate) use self::limiting::{Limiting, WithBulkhead, WithRateLimiter};
#[cfg(feature = "config")]
pub(crate) use self::own::OwnLimits;
pub(crate) use self::shared::{ShareableLimits, SharedLimits};
pub(crate) use self::shown::Shown;
