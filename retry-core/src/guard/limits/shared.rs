//! Limits of one type, for policies that fields can name.

use alloc::sync::Arc;
use core::fmt;

use super::limiting::{Limiting, WithBulkhead, WithRateLimiter};
use super::limits_of_call::LimitsOfCall;
use crate::bulkhead::{AsBulkhead, Bulkhead};
use crate::rate_limiter::{AsRateLimiter, RateLimiter};

/// The limits of [`SharedGuards`](crate::guard::SharedGuards).
#[derive(Clone, Default)]
pub struct SharedLimits {
    limiter: Option<Arc<dyn AsRateLimiter + Send + Sync>>,
    bulkhead: Option<Arc<dyn AsBulkhead + Send + Sync>>,
}

impl SharedLimits {
    #[cfg(feature = "config")]
    pub(super) fn of(limiter: Option<Arc<RateLimiter>>, bulkhead: Option<Arc<Bulkhead>>) -> Self {
        SharedLimits {
            limiter: limiter.map(|limiter| limiter as Arc<dyn AsRateLimiter + Send + Sync>),
            bulkhead: bulkhead.map(|bulkhead| bulkhead as Arc<dyn AsBulkhead + Send + Sync>),
        }
    }
}

impl Limiting for SharedLimits {
    type Active<'g> = LimitsOfCall<'g>;

    fn active(&self) -> LimitsOfCall<'_> {
        LimitsOfCall::new(self.rate_limiter(), self.bulkhead())
    }

    fn rate_limiter(&self) -> Option<(&RateLimiter, bool)> {
        let limiter = self.limiter.as_ref()?;
        Some((limiter.rate_limiter(), limiter.waits()))
    }

    fn bulkhead(&self) -> Option<&Bulkhead> {
        Some(self.bulkhead.as_ref()?.bulkhead())
    }
}

impl fmt::Debug for SharedLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLimits")
            .field("rate_limiter", &self.rate_limiter())
            .field("bulkhead", &self.bulkhead())
            .finish()
    }
}

/// Limits that a policy with a nameable type can keep.
#[diagnostic::on_unimplemented(
    message = "`{Self}` borrows what a shared policy would have to own",
    note = "write `&LIMITER` of a `static LIMITER: RateLimiter`, or an `Arc` of one; so for a bulkhead"
)]
pub trait ShareableLimits {
    #[doc(hidden)]
    fn into_shared(self) -> SharedLimits;
}

impl ShareableLimits for () {
    fn into_shared(self) -> SharedLimits {
        SharedLimits::default()
    }
}

impl ShareableLimits for SharedLimits {
    fn into_shared(self) -> SharedLimits {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, L: ShareableLimits> ShareableLimits for WithRateLimiter<T, L>
where
    T: AsRateLimiter + Send + Sync + 'static,
{
    fn into_shared(self) -> SharedLimits {
        let mut shared = self.1.into_shared();
        shared.limiter = Some(Arc::new(self.0));
        shared
    }
}

#[diagnostic::do_not_recommend]
impl<T, L: ShareableLimits> ShareableLimits for WithBulkhead<T, L>
where
    T: AsBulkhead + Send + Sync + 'static,
{
    fn into_shared(self) -> SharedLimits {
        let mut shared = self.1.into_shared();
        shared.bulkhead = Some(Arc::new(self.0));
        shared
    }
}
