//! The choice of limits.

use super::call_limits::CallLimits;
use super::limits_of_call::LimitsOfCall;
use crate::bulkhead::{AsBulkhead, Bulkhead};
use crate::rate_limiter::{AsRateLimiter, RateLimiter};

/// The limits that the calls of a policy share; `()` for none.
pub trait Limiting: Sync {
    /// The limits of one call.
    #[doc(hidden)]
    type Active<'g>: CallLimits
    where
        Self: 'g;

    /// Creates the limits of a call that has not begun.
    #[doc(hidden)]
    fn active(&self) -> Self::Active<'_>;

    /// Returns the rate limiter, and whether calls wait for it.
    #[doc(hidden)]
    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)>;

    /// Returns the bulkhead.
    #[doc(hidden)]
    fn bulkhead(&self) -> Option<&Bulkhead>;
}

/// The absence of limits.
impl Limiting for () {
    type Active<'g> = ();

    #[inline(always)]
    fn active(&self) {}

    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)> {
        None
    }

    fn bulkhead(&self) -> Option<&Bulkhead> {
        None
    }
}

/// Limits that are borrowed from other guards.
impl<L: Limiting> Limiting for &L {
    type Active<'g>
        = L::Active<'g>
    where
        Self: 'g;

    #[inline(always)]
    fn active(&self) -> L::Active<'_> {
        (**self).active()
    }

    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)> {
        (**self).rate_limiter()
    }

    fn bulkhead(&self) -> Option<&Bulkhead> {
        (**self).bulkhead()
    }
}

/// The limits `L` with the rate limiter `T` in place of theirs.
#[derive(Clone, Copy, Debug)]
pub struct WithRateLimiter<T, L>(pub(in crate::guard) T, pub(in crate::guard) L);

/// The limits `L` with the bulkhead `T` in place of theirs.
#[derive(Clone, Copy, Debug)]
pub struct WithBulkhead<T, L>(pub(in crate::guard) T, pub(in crate::guard) L);

impl<T: AsRateLimiter + Sync, L: Limiting> Limiting for WithRateLimiter<T, L> {
    type Active<'g>
        = LimitsOfCall<'g>
    where
        Self: 'g;

    fn active(&self) -> LimitsOfCall<'_> {
        LimitsOfCall::new(self.rate_limiter(), self.bulkhead())
    }

    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)> {
        Some((self.0.rate_limiter(), self.0.waits()))
    }

    fn bulkhead(&self) -> Option<&Bulkhead> {
        self.1.bulkhead()
    }
}

impl<T: AsBulkhead + Sync, L: Limiting> Limiting for WithBulkhead<T, L> {
    type Active<'g>
        = LimitsOfCall<'g>
    where
        Self: 'g;

    fn active(&self) -> LimitsOfCall<'_> {
        LimitsOfCall::new(self.rate_limiter(), self.bulkhead())
    }

    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)> {
        self.1.rate_limiter()
    }

    fn bulkhead(&self) -> Option<&Bulkhead> {
        Some(self.0.bulkhead())
    }
}
