//! Doors for the keys that guard a call.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
#[cfg(feature = "async")]
use core::time::Duration;

use super::{Accepted, OutcomeType, Rejected, accepted, doors, for_pointers, kind, kinds};
use crate::breaker::{Breaker, CallResult, CircuitBreaker};
use crate::budget::{Budget, RetryBudget};
use crate::bulkhead::{AsBulkhead, Bulkhead};
use crate::call::outcome::Verdict;
use crate::guard::deadline::{Deadline, IntoDeadline};
use crate::guard::nested::{Nested, Nesting};
#[cfg(feature = "async")]
use crate::hedge;
use crate::rate_limiter::{AsRateLimiter, FailFast, RateLimiter};

static NO_BREAKER: CircuitBreaker = CircuitBreaker::new("");
static NO_BUDGET: RetryBudget = RetryBudget::total(0);
static NO_RATE_LIMITER: RateLimiter = RateLimiter::new("");
static NO_BULKHEAD: Bulkhead = Bulkhead::new("", 1);

kinds! {
    /// Accepts the value of `breaker`.
    breaker: AsBreaker<R> is Breaker<R>, asks fn(&T, &R, Verdict) -> CallResult,
        else &'static CircuitBreaker = &NO_BREAKER;
    /// Accepts the value of `budget`.
    budget: AsBudget is SharedBudget, asks fn(&T), else &'static RetryBudget = &NO_BUDGET;
    /// Accepts the value of `rate_limiter`.
    rate_limiter: AsLimiter is SharedRateLimiter, asks fn(&T), else &'static RateLimiter = &NO_RATE_LIMITER;
    /// Accepts the value of `bulkhead`.
    bulkhead: AsPlaces is SharedBulkhead, asks fn(&T), else &'static Bulkhead = &NO_BULKHEAD;
    /// Accepts the value of `nested`.
    nested: AsNested is Nesting, asks fn(T) -> Nested, else Nested = Nested::Independent;
}

kind!(AsDeadline is IntoDeadline, else Deadline = Deadline::NEVER);

doors! {
    /// Accepts the value of `deadline`. Its bound is what rustc's advice for a reference needs.
    deadline<T>(value: T) -> Accepted<AsDeadline, T> = accepted(value), where [T: IntoDeadline];
}

/// A reference to a budget, shared or owned: one that is moved into a call would be a new one for every call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shared retry budget",
    label = "expected `&RetryBudget`",
    note = "keep it in a `static BUDGET: RetryBudget = RetryBudget::tokens(500);` and write `budget = &BUDGET`"
)]
pub trait SharedBudget {
    fn shared(&self) {}
}

for_pointers!(SharedBudget to Budget {});

/// A reference to a rate limiter, shared or owned, or one that refuses at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shared rate limiter",
    label = "expected `&RateLimiter`",
    note = "keep it in a `static LIMITER: RateLimiter = RateLimiter::new(\"api\").rate(100, Duration::from_secs(60));` and write `rate_limiter = &LIMITER`, an `Arc` of one, or `fail_fast(&LIMITER)`; of a `LazyLock` it is `&*LIMITER`"
)]
pub trait SharedRateLimiter {
    fn shared(&self) {}
}

for_pointers!(SharedRateLimiter to AsRateLimiter {}: &T, Box<T>, Arc<T>);

#[diagnostic::do_not_recommend]
impl<T: SharedRateLimiter> SharedRateLimiter for FailFast<T> {}

/// A reference to a bulkhead, shared or owned.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shared bulkhead",
    label = "expected `&Bulkhead`",
    note = "keep it in a `static BULKHEAD: Bulkhead = Bulkhead::new(\"reports\", 20);` and write `bulkhead = &BULKHEAD`, or an `Arc` of one; of a `LazyLock` it is `&*BULKHEAD`"
)]
pub trait SharedBulkhead {
    fn shared(&self) {}
}

for_pointers!(SharedBulkhead to AsBulkhead {}: &T, Box<T>, Arc<T>);

#[cfg(feature = "async")]
kinds! {
    /// Accepts the value of `hedge`.
    hedge: AsHedge is Hedged, asks fn(&T), else hedge::Hedge = hedge::delay(Duration::from_secs(1));
}

/// Further copies of an attempt: `delay(..)` or `quantile(..)`.
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say when an attempt is slow",
    label = "expected `delay(..)` or `quantile(..)`",
    note = "write `hedge = delay(50ms).copies(2)`, or `hedge = quantile(&LATENCY, 0.95)`"
)]
pub trait Hedged {
    fn hedged(&self) {}
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<P: hedge::Pace> Hedged for hedge::Hedge<P> {}
