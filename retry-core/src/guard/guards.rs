//! The guards of a policy, and their construction.

use core::convert::Infallible;
use std::time::Duration;

#[cfg(feature = "config")]
use super::interruption::FromError;
#[cfg(feature = "async")]
use super::interruption::Uninterrupted;
use super::interruption::{Inline, InterruptConversion, NoInterrupts, With};
use super::{CheckedGuards, Hedging, Limiting, WithBulkhead, WithRateLimiter};
use crate::breaker::{Breaker, CallResult, CircuitBreaker};
use crate::budget::{Budget, RetryBudget};
use crate::bulkhead::AsBulkhead;
use crate::call::outcome::Verdict;
use crate::guard::deadline::{Deadline, IntoDeadline};
use crate::guard::nested::{Nested, Nesting};
use crate::invalid::InvalidValue;
use crate::rate_limiter::AsRateLimiter;

/// The guards of a policy: a breaker `B`, a budget `U`, a conversion of interrupts `I`, a hedge `H`, and the limits
/// that calls share, `L`.
///
/// [`Infallible`] stands for no breaker and no budget, `()` for no hedge and no limits.
#[derive(Clone, Copy, Debug)]
pub struct Guards<B = Infallible, U = Infallible, I = NoInterrupts, H = (), L = ()> {
    pub(super) deadline: Deadline,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) nested: Option<Nested>,
    pub(super) breaker: Option<B>,
    pub(super) budget: Option<U>,
    pub(super) interrupt: I,
    pub(super) hedge: H,
    pub(super) limits: L,
}

impl Guards {
    /// Creates empty guards.
    #[inline]
    pub const fn new() -> Self {
        Guards {
            deadline: Deadline::NEVER,
            attempt_timeout: None,
            nested: None,
            breaker: None,
            budget: None,
            interrupt: NoInterrupts,
            hedge: (),
            limits: (),
        }
    }
}

impl<B, U> Guards<B, U, Inline> {
    /// Creates empty guards whose driver converts interrupts.
    #[inline]
    pub(super) const fn empty_inline() -> Self {
        Guards {
            deadline: Deadline::NEVER,
            attempt_timeout: None,
            nested: None,
            breaker: None,
            budget: None,
            interrupt: Inline,
            hedge: (),
            limits: (),
        }
    }
}

impl Guards<Infallible, Infallible, Inline> {
    /// Creates empty guards whose driver converts interrupts.
    #[inline]
    pub const fn inline() -> Self {
        Guards::empty_inline()
    }
}

#[cfg(feature = "config")]
impl<B, U, L> Guards<B, U, FromError, (), L> {
    /// Builds guards from the parts that are set.
    pub(crate) fn from_parts(
        deadline: Option<Duration>,
        attempt_timeout: Option<Duration>,
        nested: Option<Nested>,
        breaker: Option<B>,
        budget: Option<U>,
        limits: L,
    ) -> Self {
        Guards {
            deadline: deadline.into_deadline(),
            attempt_timeout,
            nested,
            breaker,
            budget,
            interrupt: FromError,
            hedge: (),
            limits,
        }
    }

    /// Returns the same guards, whose driver converts interrupts.
    pub(crate) fn inline_interrupt(self) -> Guards<B, U, Inline, (), L> {
        self.map(|(b, u, _)| (b, u, Inline))
    }

    pub(crate) fn own_breaker(&self) -> Option<&B> {
        self.breaker.as_ref()
    }

    pub(crate) const fn own_limits(&self) -> &L {
        &self.limits
    }

    pub(crate) fn own_budget(&self) -> Option<&U> {
        self.budget.as_ref()
    }
}

impl<B, U, I, H, L> CheckedGuards for Guards<B, U, I, H, L> {
    fn check(&self) -> Result<(), InvalidValue> {
        match (self.deadline.limit(), self.attempt_timeout) {
            (Some(Duration::ZERO), _) => Err(InvalidValue::ZeroDeadline),
            (_, Some(Duration::ZERO)) => Err(InvalidValue::ZeroAttemptTimeout),
            (Some(deadline), Some(timeout)) if deadline < timeout => {
                Err(InvalidValue::TimeoutAboveDeadline)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(feature = "async")]
impl<B, U, H, L> Uninterrupted for Guards<B, U, NoInterrupts, H, L> {}

impl Default for Guards {
    fn default() -> Self {
        Guards::new()
    }
}

impl<B, U, I, H, L> Guards<B, U, I, H, L> {
    /// Ends the call by `deadline`.
    #[inline]
    pub fn deadline(mut self, deadline: impl IntoDeadline) -> Guards<B, U, I::Enabled, H, L>
    where
        I: InterruptConversion,
    {
        self.deadline = deadline.into_deadline();
        self.map(|(b, u, i)| (b, u, i.enable()))
    }

    /// Ends an attempt after `limit`.
    #[inline]
    pub fn attempt_timeout(mut self, limit: Duration) -> Guards<B, U, I::Enabled, H, L>
    where
        I: InterruptConversion,
    {
        self.attempt_timeout = Some(limit);
        self.map(|(b, u, i)| (b, u, i.enable()))
    }

    /// Ends attempts earlier than the deadline by `time`.
    #[inline]
    pub fn reserve(mut self, time: Duration) -> Self {
        self.deadline = self.deadline.less(time);
        self
    }

    /// Asks `breaker` before every attempt.
    #[inline]
    pub fn breaker<T>(self, breaker: T) -> Guards<T, U, I::Enabled, H, L>
    where
        I: InterruptConversion,
    {
        self.map(|(_, u, i)| (Some(breaker), u, i.enable()))
    }

    /// Lets every retry draw from `budget`.
    #[inline]
    pub fn budget<T>(self, budget: T) -> Guards<B, T, I, H, L> {
        self.map(|(b, _, i)| (b, Some(budget), i))
    }

    /// Takes a permit of `limiter` for every attempt.
    #[inline]
    pub fn rate_limiter<T: AsRateLimiter + Sync>(
        self,
        limiter: T,
    ) -> Guards<B, U, I::Enabled, H, WithRateLimiter<T, L>>
    where
        I: InterruptConversion,
    {
        self.limited(|limits| WithRateLimiter(limiter, limits))
    }

    /// Keeps a place of `bulkhead` during every attempt.
    #[inline]
    pub fn bulkhead<T: AsBulkhead + Sync>(
        self,
        bulkhead: T,
    ) -> Guards<B, U, I::Enabled, H, WithBulkhead<T, L>>
    where
        I: InterruptConversion,
    {
        self.limited(|limits| WithBulkhead(bulkhead, limits))
    }

    #[inline]
    fn limited<L2>(self, limited: impl FnOnce(L) -> L2) -> Guards<B, U, I::Enabled, H, L2>
    where
        I: InterruptConversion,
    {
        let guards = self.map(|(b, u, i)| (b, u, i.enable()));
        guards.map_limits(limited)
    }

    /// Replaces the limits.
    #[inline]
    pub(super) fn map_limits<L2>(self, map: impl FnOnce(L) -> L2) -> Guards<B, U, I, H, L2> {
        Guards {
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            nested: self.nested,
            breaker: self.breaker,
            budget: self.budget,
            interrupt: self.interrupt,
            hedge: self.hedge,
            limits: map(self.limits),
        }
    }

    /// Sets the behaviour of the call inside another retried call.
    #[inline]
    pub fn nested<N: Nesting>(mut self, nested: N) -> Guards<B, U, N::Enabled<I>, H, L>
    where
        I: InterruptConversion,
    {
        self.nested = Some(nested.nested());
        self.map(|(b, u, i)| (b, u, N::enable(i)))
    }

    /// Sets the conversion of interrupts.
    #[inline]
    pub fn interrupt<F>(self, interrupt: F) -> Guards<B, U, With<F>, H, L> {
        self.map(|(b, u, _)| (b, u, With(interrupt)))
    }

    /// Replaces the conversion of interrupts.
    #[inline]
    pub(super) fn with_conversion<I2>(self, interrupt: I2) -> Guards<B, U, I2, H, L> {
        self.map(|(b, u, _)| (b, u, interrupt))
    }

    /// Makes every attempt a race of its copies.
    #[inline]
    pub fn hedge<H2>(self, hedge: H2) -> Guards<B, U, I, H2, L> {
        Guards {
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            nested: self.nested,
            breaker: self.breaker,
            budget: self.budget,
            interrupt: self.interrupt,
            hedge,
            limits: self.limits,
        }
    }

    #[inline]
    pub(super) fn map<B2, U2, I2>(
        self,
        map: impl FnOnce((Option<B>, Option<U>, I)) -> (Option<B2>, Option<U2>, I2),
    ) -> Guards<B2, U2, I2, H, L> {
        let (breaker, budget, interrupt) = map((self.breaker, self.budget, self.interrupt));
        Guards {
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            nested: self.nested,
            breaker,
            budget,
            interrupt,
            hedge: self.hedge,
            limits: self.limits,
        }
    }
}

/// A conversion of a policy's guards into [`Guards`], to add to.
pub trait IntoGuards {
    /// The breaker.
    type Breaker;
    /// The budget.
    type Budget;
    /// The conversion of interrupts.
    type Interrupt: InterruptConversion;
    /// The hedge.
    type Hedge: Hedging;
    /// The limits that calls share.
    type Limits: Limiting;

    /// Returns the same guards.
    fn into_guards(
        self,
    ) -> Guards<Self::Breaker, Self::Budget, Self::Interrupt, Self::Hedge, Self::Limits>;
}

impl IntoGuards for () {
    type Breaker = Infallible;
    type Budget = Infallible;
    type Interrupt = NoInterrupts;
    type Hedge = ();
    type Limits = ();

    #[inline]
    fn into_guards(self) -> Guards {
        Guards::new()
    }
}

impl<B, U, I: InterruptConversion, H: Hedging, L: Limiting> IntoGuards for Guards<B, U, I, H, L> {
    type Breaker = B;
    type Budget = U;
    type Interrupt = I;
    type Hedge = H;
    type Limits = L;

    #[inline]
    fn into_guards(self) -> Self {
        self
    }
}

/// The absence of a breaker.
#[diagnostic::do_not_recommend]
impl<O: ?Sized> Breaker<O> for Infallible {
    fn circuit(&self) -> &CircuitBreaker {
        match *self {}
    }

    fn classify(&self, _: &O, _: Verdict) -> CallResult {
        match *self {}
    }
}

/// The absence of a budget.
#[diagnostic::do_not_recommend]
impl Budget for Infallible {
    fn budget(&self) -> &RetryBudget {
        match *self {}
    }
}
