//! The breaker of a call.

use std::time::Duration;

use super::ActiveGuards;
use crate::breaker::{Breaker, CircuitBreaker, Permit, Waiter};
use crate::guard::Admission;

impl<'g, B, U, I, H> ActiveGuards<'g, B, U, I, H> {
    /// Returns whether the breaker refuses all calls for longer than `pause`, and the call does not wait for
    /// it.
    pub(super) fn is_shut_for<O>(&self, pause: Duration) -> bool
    where
        B: Breaker<O>,
    {
        let breaker = self.guards.breaker.as_ref();
        breaker.is_some_and(|breaker| {
            let shut = breaker.circuit().refuses_for(self.stopwatch.clock());
            !breaker.waits() && shut.is_some_and(|shut| shut > pause)
        })
    }

    /// Asks the breaker, or waits for it within the time left to the call.
    pub(super) fn enter<O>(
        &mut self,
        breaker: &'g B,
        woken: Option<Waiter<'g>>,
        left: Option<Duration>,
    ) -> Result<Permit<'g>, Admission>
    where
        B: Breaker<O>,
    {
        let fits = |pause: &Duration| left.is_none_or(|left| *pause < left);
        let stands_back = woken.and_then(|mut woken| {
            woken.asks();
            woken.stands_back()
        });
        if let Some(pause) = stands_back.filter(fits) {
            return Err(Admission::Wait(pause));
        }
        let circuit = breaker.circuit();
        loop {
            let open = match circuit.enter(self.stopwatch.clock()) {
                Ok(permit) => return Ok(permit),
                Err(open) => open,
            };
            let pause = open.retry_after.filter(fits);
            let Some(pause) = pause.filter(|_| breaker.waits()) else {
                return Err(Admission::Halt(open.into()));
            };
            // A change from here on wakes the call; an earlier one is noticed by the check.
            let waiting = circuit.listen();
            if !circuit.lets_through() {
                self.waiting = Some(waiting);
                return Err(Admission::Wait(CircuitBreaker::spread(pause, left)));
            }
        }
    }
}
