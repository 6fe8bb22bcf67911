//! A guard between two attempts, for callers that keep policy and call in one place.

use std::time::Duration;

use super::Guarded;
use crate::breaker::{Breaker, Ticket};
use crate::budget::Budget;
use crate::guard::nested::Outer;
use crate::guard::purses::Purses;
use crate::guard::{Bodies, Guards};
use crate::time::alarm::Alarm;
use crate::time::clock::Stopwatch;

/// What a [`Guarded`] knows, apart from its guards. It has to be put back: what is dropped returns no
/// permit.
#[derive(Debug)]
pub struct Parked {
    stopwatch: Stopwatch,
    limit: Option<Duration>,
    single: bool,
    permit: Option<Ticket>,
    purses: Purses<'static>,
    published: Option<Outer>,
    timed_out: bool,
}

impl<B, U: Budget, I, H> Guarded<'_, B, U, I, H> {
    pub(super) fn park(self) -> Parked {
        let own_budget = self.guards.budget.as_ref().map(Budget::budget);
        Parked {
            stopwatch: self.stopwatch,
            limit: self.limit,
            single: self.single,
            permit: self.permit.map(Into::into),
            purses: self.purses.apart_from(own_budget),
            published: self.published,
            timed_out: self.timed_out,
        }
    }
}

impl Parked {
    pub(super) fn unpark<O, B, U, I, H>(
        self,
        guards: &Guards<B, U, I, H>,
    ) -> Guarded<'_, B, U, I, H>
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
            waiting: None,
            alarm: Alarm::default(),
            bodies: Bodies::default(),
            purses: self.purses,
            published: self.published,
            timed_out: self.timed_out,
        }
    }
}
