//! The guards of a policy, for outcomes of one type.

use core::fmt;

use persevere_words::Key;
use persevere_words::describe::Lines;

use super::active::ActiveGuards;
use super::deadline::Deadline;
use super::interruption::{Inline, OutcomeFromInterrupt};
use super::{Borrowed, Guard, Guards, Hedging, Limiting};
use crate::breaker::Breaker;
use crate::budget::Budget;
use crate::call::interrupt::Interrupt;

impl<O, B, U, I, H, L> Guard<O> for Guards<B, U, I, H, L>
where
    B: Breaker<O> + Sync,
    U: Budget + Sync,
    I: OutcomeFromInterrupt<O> + Sync,
    H: Hedging,
    L: Limiting,
{
    type Active<'g>
        = ActiveGuards<'g, B, U, I, H, L, L::Active<'g>>
    where
        Self: 'g;

    type Breaker = B;
    type Budget = U;
    type Hedge = H;
    type Limits = L;

    #[inline]
    fn borrow_parts(&self) -> Guards<Borrowed<'_, B>, &U, Inline, H, &L> {
        Guards {
            deadline: self.deadline,
            attempt_timeout: self.attempt_timeout,
            nested: self.nested,
            breaker: self.breaker.as_ref().map(Borrowed),
            budget: self.budget.as_ref(),
            interrupt: Inline,
            hedge: self.hedge,
            limits: &self.limits,
        }
    }

    type Interrupt = I;

    #[inline]
    fn borrow_all(&self) -> Guards<Borrowed<'_, B>, &U, Borrowed<'_, I>, H, &L> {
        Guard::<O>::borrow_parts(self).with_conversion(Borrowed(&self.interrupt))
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        let limited = self.deadline != Deadline::NEVER || self.attempt_timeout.is_some();
        limited || self.nested.is_some()
    }

    fn describe(&self, key: Key, lines: &mut Lines<'_>) -> fmt::Result {
        self.describe_as::<O>(key, lines)
    }

    fn idle(&self) -> ActiveGuards<'_, B, U, I, H, L, L::Active<'_>> {
        ActiveGuards::idle(self, self.limits.active())
    }

    const BINDS: bool = true;

    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        self.interrupt.outcome(interrupt)
    }
}
