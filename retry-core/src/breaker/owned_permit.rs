//! A permit together with its breaker.

use core::marker::PhantomData;

use super::call::record;
use super::call_result::CallResult;
use super::circuit_open::CircuitOpen;
use super::classify::Breaker;
use super::failure_kind::Panic;
use super::panics::on_panic;
use super::permit::DetachedPermit;
use crate::call::outcome::Outcome;
use crate::time::clock::Instant;

/// The permission to make one call, with the breaker that gave it and that records the outcome.
#[derive(Debug)]
pub(crate) struct OwnedPermit<B: Breaker<O>, O> {
    breaker: B,
    ticket: Option<DetachedPermit>,
    outcome: PhantomData<fn(&O)>,
}

impl<B: Breaker<O>, O> OwnedPermit<B, O> {
    pub(crate) fn new(breaker: B, clock: fn() -> Instant) -> Result<Self, CircuitOpen> {
        let ticket = breaker.circuit().enter(clock)?.into();
        Ok(OwnedPermit {
            breaker,
            ticket: Some(ticket),
            outcome: PhantomData,
        })
    }

    /// Makes the call, or polls it; a panic counts as a failure.
    pub(crate) fn during<T>(&mut self, called: impl FnOnce() -> T) -> T {
        let OwnedPermit {
            breaker, ticket, ..
        } = self;
        let failed = || {
            if let Some(ticket) = ticket.take() {
                let permit = ticket.permit(breaker.circuit());
                permit.record_as::<Panic>(CallResult::Failure);
            }
        };
        on_panic(failed, called)
    }

    /// Records the outcome of the call.
    pub(crate) fn record(&mut self, outcome: &O)
    where
        O: Outcome,
    {
        if let Some(ticket) = self.ticket.take() {
            let permit = ticket.permit(self.breaker.circuit());
            record(permit, &self.breaker, outcome);
        }
    }
}

/// Drops the permit.
impl<B: Breaker<O>, O> Drop for OwnedPermit<B, O> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            drop(ticket.permit(self.breaker.circuit()));
        }
    }
}
