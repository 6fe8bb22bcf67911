//! Limits that a policy owns, as data.

use std::sync::Arc;

use super::limits_of_call::LimitsOfCall;
use super::{Limiting, ShareableLimits, SharedLimits};
use crate::bulkhead::Bulkhead;
use crate::rate_limiter::RateLimiter;

/// The limits of a configuration, which may have them or not.
#[derive(Clone, Debug)]
pub struct OwnLimits {
    pub(crate) limiter: Option<Arc<RateLimiter>>,
    pub(crate) bulkhead: Option<Arc<Bulkhead>>,
}

impl Limiting for OwnLimits {
    type Active<'g> = LimitsOfCall<'g>;

    fn active(&self) -> LimitsOfCall<'_> {
        LimitsOfCall::new(self.rate_limiter(), self.bulkhead())
    }

    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)> {
        self.limiter.as_deref().map(|limiter| (limiter, true))
    }

    fn bulkhead(&self) -> Option<&Bulkhead> {
        self.bulkhead.as_deref()
    }
}

impl ShareableLimits for OwnLimits {
    fn into_shared(self) -> SharedLimits {
        SharedLimits::of(self.limiter, self.bulkhead)
    }
}
