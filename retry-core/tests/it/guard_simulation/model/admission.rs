//! The model of admission: deadline, budgets, breaker.

use std::time::Duration;

use persevere_core::{Interrupt, StopReason};

use super::breaker::{Breaker, Permit};
use super::budget::{self, Account};
use super::call::Calling;
use crate::guard_simulation::trace::Event;

impl Calling<'_> {
    /// Admits the next attempt, or returns the reason for refusing it.
    pub(super) async fn admit(&self) -> Result<Option<Permit>, Interrupt> {
        let mut waits: Option<Waits> = None;
        loop {
            if self.limit.is_some_and(|limit| limit <= self.now()) {
                return Err(Interrupt::Deadline);
            }
            if !budget::pay_due(&mut self.accounts.borrow_mut()) {
                return Err(Interrupt::Budget);
            }
            let Some(through) = self.plan().breaker else {
                return Ok(None);
            };
            let breaker = &self.model.breakers[through.breaker];
            let since = breaker.borrow().admits_since();
            if let Some(permit) = Breaker::enter(breaker, &self.model.log.clock) {
                if let Some(waits) = waits {
                    self.comes_soon(waits, since);
                }
                return Ok(Some(permit));
            }
            self.each(Account::postpone);
            let again = waits.is_some_and(|waits| waits.since == self.now());
            if !through.waits || again {
                return Err(OPEN);
            }
            let shut = breaker.borrow().shut_for(self.now());
            waits = Some(Waits {
                since: self.now(),
                longest: shut.unwrap_or(breaker.borrow().open()),
            });
            self.wait(shut).await?;
        }
    }

    /// Waits for the breaker until the next visible act of the real call.
    async fn wait(&self, shut: Option<Duration>) -> Result<(), Interrupt> {
        let seen = self.model.log.seen_of(self.run);
        let Some((at, reason)) = self.model.told.next(self.run, seen) else {
            return self.rest(Duration::MAX).await;
        };
        // That time may be past once the traces have diverged, and then they differ in any case.
        let left = at.saturating_sub(self.now());
        let gives_up = reason == Some(StopReason::CircuitOpen) && self.may_give_up(left, shut);
        if !(gives_up && left.is_zero()) {
            self.rest(left).await?;
        }
        if gives_up { Err(OPEN) } else { Ok(()) }
    }

    /// Returns whether the call would end before the breaker can admit it. A half-open one may admit at any
    /// time.
    fn may_give_up(&self, waited: Duration, shut: Option<Duration>) -> bool {
        let left = self.limit.map(|limit| limit.saturating_sub(self.now()));
        left.is_some_and(|left| !waited.is_zero() || shut.is_none_or(|shut| shut >= left))
    }

    /// Checks that a waiting call starts within a hundredth of its wait after the earliest time.
    ///
    /// A later start is written to the trace: once two tasks have acted in another order, the model cannot
    /// decide.
    fn comes_soon(&self, waits: Waits, admitted: Duration) {
        let late = self.now().saturating_sub(admitted.max(waits.since));
        let tick = Duration::from_millis(2);
        let slept_long = self.plan().oversleeps.unwrap_or_default();
        // The admission that it waits for may be postponed meanwhile.
        let wait = waits.longest.max(admitted.saturating_sub(waits.since));
        let most = wait / 100 + tick + slept_long;
        if late > most {
            self.model.write(self.run, Event::Late { by: late, most });
        }
    }
}

const OPEN: Interrupt = Interrupt::CircuitOpen { retry_after: None };

/// A refused call that waits.
#[derive(Clone, Copy, Debug)]
struct Waits {
    since: Duration,
    /// The upper bound of the wait.
    longest: Duration,
}
