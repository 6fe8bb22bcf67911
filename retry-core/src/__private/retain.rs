//! The part of a retried outcome that is kept over the pause.
//!
//! An error is kept by value, so that the function's future holds nothing of a value that was dropped. The
//! part depends on the outcome's type, which a [`Probe`] determines.

use core::convert::Infallible;

use super::OutcomeType;
use super::probe::{Probe, Slot, TellsFailure};
use crate::call::interrupt::{FromInterrupt, Interrupt};
use crate::call::outcome::Outcome;
use crate::transient::Transient;

/// A part of a retried outcome, from which the outcome is made if the call ends after the pause.
pub trait Retained<O> {
    /// Makes the outcome.
    fn outcome(self) -> O;
}

/// The error of a `Result`, or the `None` of an `Option`.
pub struct Failed<E>(E);

/// A `Result` or an `Option`.
pub trait Standard: Sized {
    /// The part that is kept of a failure.
    type Kept: Retained<Self>;

    /// Returns the part of a failure.
    fn failed(self) -> Option<Self::Kept>;
}

impl<T, E> Standard for Result<T, E> {
    type Kept = Failed<E>;

    fn failed(self) -> Option<Failed<E>> {
        self.err().map(Failed)
    }
}

impl<T, E> Retained<Result<T, E>> for Failed<E> {
    fn outcome(self) -> Result<T, E> {
        Err(self.0)
    }
}

impl<T> Standard for Option<T> {
    type Kept = Failed<()>;

    fn failed(self) -> Option<Failed<()>> {
        self.is_none().then_some(Failed(()))
    }
}

impl<T> Retained<Option<T>> for Failed<()> {
    fn outcome(self) -> Option<T> {
        None
    }
}

/// The whole outcome.
pub struct Whole<R>(R);

impl<R> Retained<R> for Whole<R> {
    fn outcome(self) -> R {
        self.0
    }
}

/// No part of a plain value.
impl<R> Retained<R> for Infallible {
    fn outcome(self) -> R {
        match self {}
    }
}

/// Takes the kept part, as an outcome.
pub fn take<O, K: Retained<O>>(kept: &mut Option<K>) -> Option<O> {
    kept.take().map(Retained::outcome)
}

/// Whether the outcome is a `Result` or an `Option`.
pub struct IsStandard;
/// Whether the outcome's value implements `Transient`.
pub struct TransientValue;
/// Whether the outcome can be made of an interrupt.
pub struct FromInterrupts;

type Judged<R> = Probe<TellsFailure, Slot<R>>;
type Retried<R> = Probe<IsStandard, Judged<R>>;

/// Keeps the error of a retried outcome, for whose value another outcome stands.
#[inline(always)]
pub const fn error<R>(outcome: R) -> Retried<R> {
    Probe::new(Probe::new(Slot::new(outcome)))
}

impl<R: Standard> Retried<R> {
    pub fn kept(&mut self) -> Option<R::Kept> {
        self.take().failed()
    }
}

impl<R: Outcome> Judged<R> {
    pub fn kept(&mut self) -> Option<Whole<R>> {
        self.kept_if(true)
    }

    /// Keeps a part if only the policy knows whether another outcome stands for a value.
    pub fn kept_if(&mut self, replaceable: bool) -> Option<Whole<R>> {
        self.take().kept_over_pause(replaceable).map(Whole)
    }
}

impl<R> Slot<R> {
    pub fn kept(&mut self) -> Option<Infallible> {
        drop(self.take());
        None
    }

    pub fn kept_if(&mut self, replaceable: bool) -> Option<Whole<R>> {
        Some(self.take()).filter(|_| !replaceable).map(Whole)
    }
}

/// Keeps a retried outcome for which nothing stands: an error, or all of it if its value implements
/// `Transient`.
#[inline(always)]
pub const fn error_or_transient<R>(outcome: R) -> Probe<TransientValue, Retried<R>> {
    Probe::new(error(outcome))
}

impl<R: Outcome<Value: Transient>> Probe<TransientValue, Retried<R>> {
    pub fn kept(&mut self) -> Option<Whole<R>> {
        Some(Whole(self.take()))
    }
}

/// A retried outcome for which no interrupt stands.
pub struct Unmade<R>(Slot<R>);

/// Keeps the error of a retried outcome for whose value an interrupt stands, or all of it if none can.
#[inline(always)]
pub const fn error_if_made<R>(outcome: R) -> Probe<FromInterrupts, Unmade<R>> {
    Probe::new(Unmade(Slot::new(outcome)))
}

impl<R: Standard + FromInterrupt> Probe<FromInterrupts, Unmade<R>> {
    pub fn kept(&mut self) -> Option<R::Kept> {
        self.0.take().failed()
    }
}

impl<R> Unmade<R> {
    pub fn kept(&mut self) -> Option<Whole<R>> {
        Some(Whole(self.0.take()))
    }
}

/// An outcome that stands for a retried value that was dropped before the pause.
#[diagnostic::on_unimplemented(
    message = "a call that a token ends in a pause has no outcome of type `{Self}`",
    label = "a retried value is dropped before the pause, and nothing can stand for it",
    note = "say what the call returns then: `interrupt = |i| ..`, or implement `From<persevere::Interrupt>` for the error"
)]
pub trait StandsIn {
    /// Makes the outcome in place of the value.
    fn stand_in(interrupt: Interrupt) -> Self;
}

#[diagnostic::do_not_recommend]
impl<R: FromInterrupt> StandsIn for R {
    fn stand_in(interrupt: Interrupt) -> R {
        R::from_interrupt(interrupt)
    }
}

type EndedJudged<R> = Probe<TellsFailure, Slot<OutcomeType<R>>>;
type Ended<R> = Probe<FromInterrupts, EndedJudged<R>>;

/// Makes the outcome of a call that a token ends in a pause, if the expansion does not know whether a value
/// is retried.
#[inline(always)]
pub const fn ended<R>(of: OutcomeType<R>) -> Ended<R> {
    Probe::new(Probe::new(Slot::new(of)))
}

impl<R: FromInterrupt> Ended<R> {
    /// Returns whether an outcome can be made of an interrupt.
    #[inline(always)]
    pub const fn is_made(&self) -> bool {
        true
    }

    pub fn outcome(&self, interrupt: Interrupt) -> R {
        R::from_interrupt(interrupt)
    }

    /// Makes the outcome of a call whose stop need not hold a token.
    pub fn outcome_perhaps(&self, interrupt: Interrupt) -> R {
        R::from_interrupt(interrupt)
    }
}

impl<R: Outcome> EndedJudged<R> {
    /// Panics, and is never called: the outcome was kept as a whole.
    pub fn outcome(&self, interrupt: Interrupt) -> R {
        super::uninterrupted(interrupt)
    }
}

impl<R> Slot<OutcomeType<R>> {
    #[inline(always)]
    pub const fn is_made(&self) -> bool {
        false
    }

    /// Does not compile: every retried outcome is a value.
    pub fn outcome(&self, interrupt: Interrupt) -> R
    where
        R: StandsIn,
    {
        R::stand_in(interrupt)
    }

    /// Panics, and is never called: the outcome was kept as a whole.
    pub fn outcome_perhaps(&self, interrupt: Interrupt) -> R {
        super::uninterrupted(interrupt)
    }
}
