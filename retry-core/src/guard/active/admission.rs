//! Admission of an attempt by the deadline, the budgets and the breaker.

use std::time::Duration;

use super::ActiveGuards;
use crate::breaker::{Breaker, CircuitBreaker, Permit, Waiter};
use crate::call::interrupt::Interrupt;
use crate::guard::Admission;
use crate::guard::limits::{CallLimits, Entry};
use crate::rate_limiter::Turn;

impl<'g, B, U, I, H, L, A: CallLimits> ActiveGuards<'g, B, U, I, H, L, A> {
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

    /// Admits the next attempt, or not.
    #[inline(never)]
    pub(super) fn ask_all<O>(&mut self) -> Admission
    where
        B: Breaker<O>,
    {
        self.alarm.clear();
        let left = self.left();
        if left == Some(Duration::ZERO) {
            self.leave_lines();
            return Admission::Halt(Interrupt::Deadline);
        }
        if !self.budgets.pay_due() {
            self.leave_lines();
            return Admission::Halt(Interrupt::Budget);
        }
        let admission = match self.limits.any() {
            true => self.ask_limits(left),
            false => self.ask_breaker(left),
        };
        match admission {
            Admission::Go => self.budgets.spend(),
            _ => self.budgets.each(|handle| handle.postpone()),
        }
        admission
    }

    /// Asks the breaker alone.
    #[inline]
    fn ask_breaker<O>(&mut self, left: Option<Duration>) -> Admission
    where
        B: Breaker<O>,
    {
        if let Some(breaker) = &self.guards.breaker {
            let woken = self.waiting.take();
            match self.enter(breaker, woken, left) {
                Ok(permit) => self.permit = Some(permit),
                Err(admission) => return admission,
            }
        }
        Admission::Go
    }

    /// Asks the rate limiter, the breaker and the bulkhead. Where one of them lets the call wait, it holds nothing of
    /// the others meanwhile.
    fn ask_limits<O>(&mut self, left: Option<Duration>) -> Admission
    where
        B: Breaker<O>,
    {
        let clock = self.stopwatch.clock();
        loop {
            let halted = match self.limits.turn(clock, left, self.guards.breaker.is_some()) {
                Turn::Pass => None,
                Turn::Wait(pause) => Some(Admission::Wait(pause)),
                Turn::Refused { retry_after } => {
                    let retry_after = Some(retry_after);
                    Some(Admission::Halt(Interrupt::RateLimited { retry_after }))
                }
            };
            // While a breaker is open, nobody waits for a permit.
            if let Some(halted) = halted.filter(|_| !self.is_open::<O>()) {
                self.stop_waiting();
                return halted;
            }
            let admission = self.ask_breaker(left);
            if admission != Admission::Go {
                self.limits.leave();
                return admission;
            }
            let admission = match self.limits.enter(clock, left) {
                Entry::Entered => return Admission::Go,
                Entry::Again => None,
                Entry::Wait(pause) => Some(Admission::Wait(pause)),
                Entry::Full => Some(Admission::Halt(Interrupt::BulkheadFull)),
            };
            self.permit = None;
            if let Some(admission) = admission {
                return admission;
            }
        }
    }

    /// Returns whether the breaker refuses all calls.
    fn is_open<O>(&self) -> bool
    where
        B: Breaker<O>,
    {
        let breaker = self.guards.breaker.as_ref();
        breaker.is_some_and(|it| it.circuit().refuses_for(self.stopwatch.clock()).is_some())
    }

    /// Leaves every line: the call makes no further attempt.
    #[cold]
    pub(super) fn leave_lines(&mut self) {
        self.stop_waiting();
        self.limits.leave();
    }

    /// Passes the wake-up of a call that ends on.
    #[cold]
    fn stop_waiting(&mut self) {
        self.waiting = None;
    }

    /// Asks the breaker, or waits for it within the time left to the call.
    fn enter<O>(
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
