//! The door for the value of `policy`.
//!
//! A policy has to fit the outcome, which a bound requires, and to have no hedge, which none can require: the
//! compiler does not tell it of a policy whose type is hidden. So the door refuses a hedge that it sees, and
//! `guarded::refuse_hedge` any other.

use core::marker::PhantomData;

use super::{Accepted, OutcomeType, Probe, Rejected, accepted};
#[cfg(all(feature = "std", feature = "async"))]
use crate::hedge::Hedge;
#[cfg(all(feature = "std", feature = "async"))]
use crate::policy::Guard;
use crate::policy::{Policy, RetryPolicy};
use crate::stop::DefaultStop;
use crate::wait::{Backoff, Exponential};
use crate::when;

/// The kind of a policy for outcomes of type `R`.
pub struct AsPolicy<R>(PhantomData<fn(&R)>);

/// Whether a policy for outcomes of type `R` has a hedge.
pub struct HasHedge<R>(PhantomData<fn(&R)>);

/// Accepts the value of `policy`.
#[inline(always)]
pub const fn policy<R, T: Policy<R>>(
    _: OutcomeType<R>,
    policy: T,
) -> Probe<HasHedge<R>, Accepted<AsPolicy<R>, T>> {
    Probe::new(accepted(policy))
}

#[cfg(all(feature = "std", feature = "async"))]
#[allow(clippy::wrong_self_convention)]
impl<R, T, P> Probe<HasHedge<R>, Accepted<AsPolicy<R>, T>>
where
    T: Policy<R, Guards: Guard<R, Hedge = Hedge<P>>>,
{
    pub fn into_value(&mut self) -> Taken<T, Hedge<P>> {
        Taken::new((**self).into_value().policy)
    }
}

#[allow(clippy::wrong_self_convention)]
impl<R, T: Policy<R>> Accepted<AsPolicy<R>, T> {
    #[inline(always)]
    pub fn into_value(&mut self) -> Taken<T, ()> {
        Taken::new(self.0.take())
    }
}

/// A policy for every outcome.
type AnyPolicy = RetryPolicy<DefaultStop, Backoff<Exponential>, when::NeverRetry>;

#[allow(clippy::wrong_self_convention)]
impl<R, T> Rejected<AsPolicy<R>, T> {
    pub fn into_value(&mut self) -> Taken<AnyPolicy, ()> {
        Taken::new(RetryPolicy::new().when(when::never()))
    }
}

/// A policy, and the hedge that it is seen to have.
pub struct Taken<T, H> {
    policy: T,
    hedge: PhantomData<H>,
}

impl<T, H> Taken<T, H> {
    #[inline(always)]
    fn new(policy: T) -> Self {
        let hedge = PhantomData;
        Taken { policy, hedge }
    }
}

/// Returns the policy of a stream, which may have a hedge.
#[inline(always)]
pub fn hedged<T, H>(taken: Taken<T, H>) -> T {
    taken.policy
}

/// No hedge.
#[diagnostic::on_unimplemented(
    message = "the attribute does not take the hedge of a policy",
    label = "a policy with a hedge",
    note = "write `hedge = ..` beside a policy without one"
)]
pub trait Unhedged {}

#[diagnostic::do_not_recommend]
impl Unhedged for () {}

/// Returns the policy, which has no hedge.
#[inline(always)]
pub fn unhedged<T, H: Unhedged>(taken: Taken<T, H>) -> T {
    taken.policy
}
