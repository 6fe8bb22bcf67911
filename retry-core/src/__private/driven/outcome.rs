//! Answers of an outcome's type, as types.

use core::marker::PhantomData;

use crate::__private::OutcomeType;
use crate::__private::probe::{Probe, TellsFailure};
use crate::__private::retain::FromInterrupts;
use crate::__private::uninterrupted;
use crate::call::interrupt::{FromInterrupt, Interrupt};
use crate::call::outcome::Outcome;

/// Whether an outcome is a failure, as far as its type tells.
pub trait Failures<O> {
    /// Returns whether the outcome is a failure.
    fn is_failure(outcome: &O) -> bool;

    /// Returns the part of the outcome that the call may have to return after the pause.
    fn kept_over_pause(outcome: O, replaceable: bool) -> Option<O>;
}

/// An outcome that tells success from failure.
pub struct Told;

impl<O: Outcome> Failures<O> for Told {
    #[inline(always)]
    fn is_failure(outcome: &O) -> bool {
        outcome.error().is_some()
    }

    #[inline(always)]
    fn kept_over_pause(outcome: O, replaceable: bool) -> Option<O> {
        outcome.kept_over_pause(replaceable)
    }
}

/// An outcome that is judged whole.
pub struct Untold;

impl<O> Failures<O> for Untold {
    #[inline(always)]
    fn is_failure(_: &O) -> bool {
        false
    }

    #[inline(always)]
    fn kept_over_pause(outcome: O, replaceable: bool) -> Option<O> {
        Some(outcome).filter(|_| !replaceable)
    }
}

/// The outcome of an interrupt, for a policy that makes none.
pub trait Interrupts<O> {
    /// Whether there is one.
    const MADE: bool;

    /// Makes it.
    fn outcome(interrupt: Interrupt) -> O;
}

/// An outcome that is made of an interrupt.
pub struct Made;

impl<O: FromInterrupt> Interrupts<O> for Made {
    const MADE: bool = true;

    fn outcome(interrupt: Interrupt) -> O {
        O::from_interrupt(interrupt)
    }
}

/// An outcome that is never made: one precedes what ends the call.
pub struct Unmade;

impl<O> Interrupts<O> for Unmade {
    const MADE: bool = false;

    fn outcome(interrupt: Interrupt) -> O {
        uninterrupted(interrupt)
    }
}

/// An outcome without an answer of its own.
pub struct Plain<O>(PhantomData<fn(&O)>);

/// Asks the type of an outcome whether it distinguishes success from failure.
#[inline(always)]
pub const fn failures<O>(_: OutcomeType<O>) -> Probe<TellsFailure, Plain<O>> {
    Probe::new(Plain(PhantomData))
}

impl<O: Outcome> Probe<TellsFailure, Plain<O>> {
    #[inline(always)]
    pub const fn told(&self) -> Told {
        Told
    }
}

/// Asks the type of an outcome whether it can be made of an interrupt.
#[inline(always)]
pub const fn interrupts_of<O>(_: OutcomeType<O>) -> Probe<FromInterrupts, Plain<O>> {
    Probe::new(Plain(PhantomData))
}

impl<O: FromInterrupt> Probe<FromInterrupts, Plain<O>> {
    #[inline(always)]
    pub const fn made(&self) -> Made {
        Made
    }
}

impl<O> Plain<O> {
    #[inline(always)]
    pub const fn told(&self) -> Untold {
        Untold
    }

    #[inline(always)]
    pub const fn made(&self) -> Unmade {
        Unmade
    }
}
