//! Guards of one type, for policies that fields can name.

use alloc::sync::Arc;
use core::convert::Infallible;
use core::fmt;

use super::Guards;
use super::interruption::{FromError, NoInterrupts};
use super::limits::{ShareableLimits, SharedLimits};
use super::shareable::{ErasedGuards, ShareableGuards};
use crate::breaker::{Breaker, CircuitBreaker, WaitFor};
use crate::budget::Budget;

/// The guards of a [`SharedPolicy`](crate::policy::SharedPolicy) that has any.
///
/// They serve every outcome that can be made of an [`Interrupt`](crate::Interrupt): see
/// [`FromInterrupt`](crate::FromInterrupt).
pub type SharedGuards =
    Guards<SharedBreaker, Arc<dyn Budget + Send + Sync>, FromError, (), SharedLimits>;

/// A breaker whose type is erased, for [`SharedGuards`].
#[derive(Clone)]
pub struct SharedBreaker(Arc<dyn Breaker<()> + Send + Sync>);

impl fmt::Debug for SharedBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedBreaker")
            .field(&self.0.circuit().name())
            .finish()
    }
}

#[diagnostic::do_not_recommend]
impl<O: ?Sized> Breaker<O> for SharedBreaker {
    fn circuit(&self) -> &CircuitBreaker {
        self.0.circuit()
    }

    fn waits(&self) -> bool {
        self.0.waits()
    }
}

/// A breaker that counts outcomes of every type by their verdict.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a breaker for every outcome",
    label = "this policy has a breaker that cannot be shared",
    note = "write `&BREAKER` of a `static BREAKER: CircuitBreaker`, or an `Arc` of one; add a view, which judges one type of outcome, after `.shared()`, to a clone: `policy.clone().breaker(..)`"
)]
pub trait ShareableBreaker: Breaker<()> + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl ShareableBreaker for Infallible {}
#[diagnostic::do_not_recommend]
impl ShareableBreaker for &'static CircuitBreaker {}
#[diagnostic::do_not_recommend]
impl ShareableBreaker for Arc<CircuitBreaker> {}
#[diagnostic::do_not_recommend]
impl ShareableBreaker for SharedBreaker {}
#[diagnostic::do_not_recommend]
impl<B: ShareableBreaker> ShareableBreaker for WaitFor<B> {}

/// A conversion of interrupts into outcomes of every type.
#[diagnostic::on_unimplemented(
    message = "`interrupt(..)` makes one type of outcome, and a shared policy serves every one",
    label = "this policy has an `interrupt` that cannot be shared",
    note = "implement `From<persevere::Interrupt>` for the error, or add `.interrupt(..)` after `.shared()`, to a clone: `policy.clone().interrupt(..)`"
)]
pub trait ShareableConversion {}

#[diagnostic::do_not_recommend]
impl ShareableConversion for NoInterrupts {}
#[diagnostic::do_not_recommend]
impl ShareableConversion for FromError {}

impl<B, U, I, H, L> ErasedGuards for Guards<B, U, I, H, L> {
    type Shared = SharedGuards;
}

impl<B, U, I, L> ShareableGuards for Guards<B, U, I, (), L>
where
    B: ShareableBreaker,
    U: Budget + Send + Sync + 'static,
    I: ShareableConversion,
    L: ShareableLimits,
{
    fn into_shared(self) -> SharedGuards {
        let guards = self.map(|(breaker, budget, _)| {
            let breaker = breaker.map(|breaker| SharedBreaker(Arc::new(breaker)));
            let budget = budget.map(|budget| Arc::new(budget) as Arc<dyn Budget + Send + Sync>);
            (breaker, budget, FromError)
        });
        guards.map_limits(L::into_shared)
    }
}
