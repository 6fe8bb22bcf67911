//! A breaker, or a conversion of interrupts, borrowed from other guards.

use std::time::Duration;

use super::interruption::{InterruptConversion, OutcomeFromInterrupt};
use crate::breaker::{Breaker, CallResult, CircuitBreaker};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};

/// A breaker, or a conversion of interrupts, borrowed from other guards.
///
/// A reference would not do: not every `&B` is a breaker, and for a policy that hides its type none is known
/// to be.
#[derive(Clone, Copy, Debug)]
pub struct Borrowed<'a, B>(pub(super) &'a B);

#[diagnostic::do_not_recommend]
impl<O: ?Sized, B: Breaker<O>> Breaker<O> for Borrowed<'_, B> {
    #[inline]
    fn circuit(&self) -> &CircuitBreaker {
        self.0.circuit()
    }

    #[inline]
    fn classify(&self, outcome: &O, verdict: Verdict) -> CallResult {
        self.0.classify(outcome, verdict)
    }

    #[inline]
    fn classify_health(&self, outcome: &O, health: Health) -> CallResult {
        self.0.classify_health(outcome, health)
    }

    #[inline]
    fn hint(&self, outcome: &O, verdict: Verdict) -> Option<Duration> {
        self.0.hint(outcome, verdict)
    }

    #[inline]
    fn waits(&self) -> bool {
        self.0.waits()
    }
}

impl<I> InterruptConversion for Borrowed<'_, I> {
    type Enabled = Self;

    #[inline]
    fn enable(self) -> Self {
        self
    }
}

impl<O, I: OutcomeFromInterrupt<O>> OutcomeFromInterrupt<O> for Borrowed<'_, I> {
    const MAKES: bool = I::MAKES;

    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        self.0.outcome(interrupt)
    }
}
