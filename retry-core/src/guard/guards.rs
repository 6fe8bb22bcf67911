//! The guards of a policy, and their construction.

use core::convert::Infallible;
use std::time::Duration;

#[cfg(feature = "config")]
use super::interruption::FromError;
#[cfg(feature = "async")]
use super::interruption::Uninterrupted;
use super::interruption::{Inline, InterruptConversion, NoInterrupts, With};
use super::{CheckedGuards, Hedging};
use crate::breaker::{Breaker, CallResult, CircuitBreaker};
use crate::budget::{Budget, RetryBudget};
use crate::call::outcome::Verdict;
use crate::guard::deadline::{Deadline, IntoDeadline};
use crate::guard::nested::{Nested, Nesting};
use crate::invalid::InvalidValue;

/// The guards of a policy: a breaker `B`, a budget `U`, a conversion of interrupts `I`, and a hedge `H`.
///
/// [`Infallible`] stands for no breaker and no budget, `()` for no hedge.
#[derive(Clone, Copy, Debug)]
pub struct Guards<B = Infallible, U = Infallible, I = NoInterrupts, H = ()> {
    pub(super) deadline: Deadline,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) nested: Option<Nested>,
    pub(super) breaker: Option<B>,
    pub(super) budget: Option<U>,
    pub(super) interrupt: I,
    pub(super) hedge: H,
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
impl<B, U> Guards<B, U, FromError> {
    /// Builds guards from the parts that are set.
    pub(crate) fn from_parts(
        deadline: Option<Duration>,
        attempt_timeout: Option<Duration>,
        nested: Option<Nested>,
        breaker: Option<B>,
        budget: Option<U>,
    ) -> Self {
        Guards {
            deadline: deadline.into_deadline(),
            attempt_timeout,
            nested,
            breaker,
            budget,
            interrupt: FromError,
            hedge: (),
        }
    }

    /// Returns the same guards, whose driver converts interrupts.
    pub(crate) fn inline_interrupt(self) -> Guards<B, U, Inline> {
        self.map(|(b, u, _)| (b, u, Inline))
    }

    pub(crate) fn own_breaker(&self) -> Option<&B> {
        self.breaker.as_ref()
    }

    pub(crate) fn own_budget(&self) -> Option<&U> {
        self.budget.as_ref()
    }
}

impl<B, U, I, H> CheckedGuards for Guards<B, U, I, H> {
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
impl<B, U, H> Uninterrupted for Guards<B, U, NoInterrupts, H> {}

impl Default for Guards {
    fn default() -> Self {
        Guards::new()
    }
}

impl<B, U, I, H> Guards<B, U, I, H> {
    /// Ends the call by `deadline`.
    #[inline]
    pub fn deadline(mut self, deadline: impl IntoDeadline) -> Guards<B, U, I::Enabled, H>
    where
        I: InterruptConversion,
    {
        self.deadline = deadline.into_deadline();
        self.map(|(b, u, i)| (b, u, i.enable()))
    }

    /// Ends an attempt after `limit`.
    #[inline]
    pub fn attempt_timeout(mut self, limit: Duration) -> Guards<B, U, I::Enabled, H>
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
    pub fn breaker<T>(self, breaker: T) -> Guards<T, U, I::Enabled, H>
    where
        I: InterruptConversion,
    {
        self.map(|(_, u, i)| (Some(breaker), u, i.enable()))
    }

    /// Lets every retry draw from `budget`.
    #[inline]
    pub fn budget<T>(self, budget: T) -> Guards<B, T, I, H> {
        self.map(|(b, _, i)| (b, Some(budget), i))
    }

    /// Sets the behaviour of the call inside another retried call.
    #[inline]
    pub fn nested<N: Nesting>(mut self, nested: N) -> Guards<B, U, N::Enabled<I>, H>
    where
        I: InterruptConversion,
    {
        self.nested = Some(nested.nested());
        self.map(|(b, u, i)| (b, u, N::enable(i)))
    }

    /// Sets the conversion of interrupts.
    #[inline]
    pub fn interrupt<F>(self, interrupt: F) -> Guards<B, U, With<F>, H> {
        self.map(|(b, u, _)| (b, u, With(interrupt)))
    }

    /// Replaces the conversion of interrupts.
    #[inline]
    pub(super) fn with_conversion<I2>(self, interrupt: I2) -> Guards<B, U, I2, H> {
        self.map(|(b, u, _)| (b, u, interrupt))
    }

    /// Makes every attempt a race of its copies.
    #[inline]
    pub fn hedge<H2>(self, hedge: H2) -> Guards<B, U, I, H2> {
        Guards {
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            nested: self.nested,
            breaker: self.breaker,
            budget: self.budget,
            interrupt: self.interrupt,
            hedge,
        }
    }

    #[inline]
    pub(super) fn map<B2, U2, I2>(
        self,
        map: impl FnOnce((Option<B>, Option<U>, I)) -> (Option<B2>, Option<U2>, I2),
    ) -> Guards<B2, U2, I2, H> {
        let (breaker, budget, interrupt) = map((self.breaker, self.budget, self.interrupt));
        Guards {
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            nested: self.nested,
            breaker,
            budget,
            interrupt,
            hedge: self.hedge,
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

    /// Returns the same guards.
    fn into_guards(self) -> Guards<Self::Breaker, Self::Budget, Self::Interrupt, Self::Hedge>;
}

impl IntoGuards for () {
    type Breaker = Infallible;
    type Budget = Infallible;
    type Interrupt = NoInterrupts;
    type Hedge = ();

    #[inline]
    fn into_guards(self) -> Guards {
        Guards::new()
    }
}

impl<B, U, I: InterruptConversion, H: Hedging> IntoGuards for Guards<B, U, I, H> {
    type Breaker = B;
    type Budget = U;
    type Interrupt = I;
    type Hedge = H;

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
