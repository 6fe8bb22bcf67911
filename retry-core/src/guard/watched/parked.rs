//! A guard between two attempts, for callers that keep policy and call in one place.

use std::time::Duration;

use super::{Guarded, Purses};
use crate::breaker::{Breaker, Ticket};
use crate::budget::{Budget, Purse};
use crate::clock::Stopwatch;
use crate::guard::Guards;
use crate::nested::Outer;

/// What a [`Guarded`] knows, apart from its guards. It has to be put back: what is dropped returns no
/// permit.
#[derive(Debug)]
pub struct Parked {
    stopwatch: Stopwatch,
    limit: Option<Duration>,
    single: bool,
    permit: Option<Ticket>,
    own: Option<Purse<'static>>,
    outer: Option<Purse<'static>>,
    published: Option<Outer>,
    timed_out: bool,
}

impl<O, B, U: Budget, I, H> Guarded<'_, O, B, U, I, H> {
    pub(super) fn park(self) -> Parked {
        let budget = self.guards.budget.as_ref().map(Budget::budget);
        let own = self.purses.own.zip(budget);
        Parked {
            stopwatch: self.stopwatch,
            limit: self.limit,
            single: self.single,
            permit: self.permit.map(Into::into),
            own: own.map(|(purse, budget)| purse.apart_from(budget)),
            outer: self.purses.outer,
            published: self.published,
            timed_out: self.timed_out,
        }
    }
}

impl Parked {
    pub(super) fn unpark<O, B, U, I, H>(
        self,
        guards: &Guards<B, U, I, H>,
    ) -> Guarded<'_, O, B, U, I, H>
    where
        B: Breaker<O>,
    {
        let circuit = guards.breaker.as_ref().map(Breaker::circuit);
        let permit = self.permit.zip(circuit);
        Guarded {
            guards,
            stopwatch: self.stopwatch,
            limit: self.limit,
            single: self.single,
            permit: permit.map(|(ticket, circuit)| ticket.permit(circuit)),
            purses: Purses {
                own: self.own,
                outer: self.outer,
            },
            published: self.published,
            timed_out: self.timed_out,
            outcome: core::marker::PhantomData,
        }
    }
}
