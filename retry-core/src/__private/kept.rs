//! The part of a retried outcome that the attribute keeps over the pause.
//!
//! The error alone is kept, by value, so that the function's future holds nothing of a value that was
//! dropped. What part that is depends on the outcome's type: where the first `kept` does not apply, method
//! resolution goes on to what its type dereferences to.

use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use super::Of;
use crate::call::interrupt::{FromInterrupt, Interrupt};
use crate::call::outcome::Outcome;
use crate::transient::Transient;

/// A part of a retried outcome, from which the outcome is made should the call end after the pause.
pub trait Kept<O> {
    /// The outcome again.
    fn outcome(self) -> O;
}

/// The error of a `Result`.
#[derive(Debug)]
pub struct Failed<E>(E);

/// The `None` of an `Option`.
#[derive(Debug)]
pub struct Nothing;

/// The whole outcome.
#[derive(Debug)]
pub struct Whole<R>(R);

/// No part of a plain value.
#[derive(Debug)]
pub enum Never {}

impl<T, E> Kept<Result<T, E>> for Failed<E> {
    #[inline]
    fn outcome(self) -> Result<T, E> {
        Err(self.0)
    }
}

impl<T> Kept<Option<T>> for Nothing {
    #[inline]
    fn outcome(self) -> Option<T> {
        None
    }
}

impl<R> Kept<R> for Whole<R> {
    #[inline]
    fn outcome(self) -> R {
        self.0
    }
}

impl<R> Kept<R> for Never {
    fn outcome(self) -> R {
        match self {}
    }
}

/// Takes what was kept, as an outcome.
#[inline]
pub fn take<O, K: Kept<O>>(kept: &mut Option<K>) -> Option<O> {
    kept.take().map(Kept::outcome)
}

/// A retried outcome that nothing stands for: an error, unless its value knows whether it is transient.
pub struct Unreplaced<R>(Retried<R>);

impl<R> Unreplaced<R> {
    #[inline(always)]
    pub const fn new(outcome: R) -> Self {
        Unreplaced(Retried::new(outcome))
    }
}

impl<R: Outcome<Value: Transient>> Unreplaced<R> {
    #[inline]
    pub fn kept(&mut self) -> Option<Whole<R>> {
        self.0.0.0.0.take().map(Whole)
    }
}

/// A retried outcome whose value something else stands for.
pub struct Retried<R>(Judged<R>);
/// One of another type than `Result` and `Option`.
pub struct Judged<R>(Plain<R>);
/// One that is judged as a whole.
#[derive(Debug)]
pub struct Plain<R>(Option<R>);

impl<R> Retried<R> {
    #[inline(always)]
    pub const fn new(outcome: R) -> Self {
        Retried(Judged(Plain(Some(outcome))))
    }
}

impl<T, E> Retried<Result<T, E>> {
    #[inline]
    pub fn kept(&mut self) -> Option<Failed<E>> {
        self.0.0.0.take()?.err().map(Failed)
    }
}

impl<T> Retried<Option<T>> {
    #[inline]
    pub fn kept(&mut self) -> Option<Nothing> {
        match self.0.0.0.take()? {
            Some(_) => None,
            None => Some(Nothing),
        }
    }
}

impl<R: Outcome> Judged<R> {
    #[inline]
    pub fn kept(&mut self) -> Option<Whole<R>> {
        self.kept_if(true)
    }

    /// The part that is kept where only the policy knows whether anything stands for a value.
    #[inline]
    pub fn kept_if(&mut self, replaceable: bool) -> Option<Whole<R>> {
        let outcome = self.0.0.take()?;
        outcome.kept_over_pause(replaceable).map(Whole)
    }
}

impl<R> Plain<R> {
    #[inline]
    pub fn kept(&mut self) -> Option<Never> {
        self.0 = None;
        None
    }

    #[inline]
    pub fn kept_if(&mut self, replaceable: bool) -> Option<Whole<R>> {
        self.0.take().filter(|_| !replaceable).map(Whole)
    }
}

/// A retried outcome whose value an interrupt stands for, if its type can be made of one.
pub struct Unsure<R>(Unmade<R>);
/// One whose type cannot.
#[derive(Debug)]
pub struct Unmade<R>(Option<R>);

impl<R> Unsure<R> {
    #[inline(always)]
    pub const fn new(outcome: R) -> Self {
        Unsure(Unmade(Some(outcome)))
    }
}

impl<T, E: From<Interrupt>> Unsure<Result<T, E>> {
    #[inline]
    pub fn kept(&mut self) -> Option<Failed<E>> {
        self.0.0.take()?.err().map(Failed)
    }
}

impl<T> Unsure<Option<T>> {
    #[inline]
    pub fn kept(&mut self) -> Option<Nothing> {
        Retried::new(self.0.0.take()?).kept()
    }
}

impl<R> Unmade<R> {
    #[inline]
    pub fn kept(&mut self) -> Option<Whole<R>> {
        self.0.take().map(Whole)
    }
}

/// An outcome that stands for a retried value which was dropped before the pause.
#[diagnostic::on_unimplemented(
    message = "a call that a token ends in a pause has no outcome of type `{Self}`",
    label = "a retried value is dropped before the pause, and nothing can stand for it",
    note = "say what the call returns then: `interrupt = |i| ..`, or implement `From<persevere::Interrupt>` for the error"
)]
pub trait StandsIn {
    /// The outcome in place of the value.
    fn stand_in(interrupt: Interrupt) -> Self;
}

#[diagnostic::do_not_recommend]
impl<R: FromInterrupt> StandsIn for R {
    fn stand_in(interrupt: Interrupt) -> R {
        R::from_interrupt(interrupt)
    }
}

/// Makes the outcome of a call that a token ends in a pause, where the expansion does not know whether a
/// value is retried.
pub struct Ended<R>(EndedJudged<R>);
/// For an outcome that no interrupt can be made of.
pub struct EndedJudged<R>(EndedPlain<R>);
/// For one that is judged as a whole, too.
pub struct EndedPlain<R>(PhantomData<fn() -> R>);

impl<R> Ended<R> {
    #[inline(always)]
    pub const fn new(_: Of<R>) -> Self {
        Ended(EndedJudged(EndedPlain(PhantomData)))
    }
}

impl<R: FromInterrupt> Ended<R> {
    /// Whether an outcome can be made of an interrupt.
    #[inline(always)]
    pub const fn is_made(&self) -> bool {
        true
    }

    pub fn outcome(&self, interrupt: Interrupt) -> R {
        R::from_interrupt(interrupt)
    }

    /// As [`outcome`](Self::outcome), by a stop that need not hold a token.
    pub fn outcome_perhaps(&self, interrupt: Interrupt) -> R {
        R::from_interrupt(interrupt)
    }
}

impl<R: Outcome> EndedJudged<R> {
    /// It was kept as a whole.
    pub fn outcome(&self, interrupt: Interrupt) -> R {
        super::uninterrupted(interrupt)
    }
}

impl<R> EndedPlain<R> {
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

    /// It was kept as a whole.
    pub fn outcome_perhaps(&self, interrupt: Interrupt) -> R {
        super::uninterrupted(interrupt)
    }
}

macro_rules! dereferences {
    ($($from:ident to $to:ident)+) => {$(
        impl<R> Deref for $from<R> {
            type Target = $to<R>;

            #[inline(always)]
            fn deref(&self) -> &$to<R> {
                &self.0
            }
        }

        impl<R> DerefMut for $from<R> {
            #[inline(always)]
            fn deref_mut(&mut self) -> &mut $to<R> {
                &mut self.0
            }
        }

        impl<R> fmt::Debug for $from<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($from))
            }
        }
    )+};
}

dereferences! {
    Unreplaced to Retried
    Retried to Judged
    Judged to Plain
    Unsure to Unmade
    Ended to EndedJudged
    EndedJudged to EndedPlain
}

impl<R> fmt::Debug for EndedPlain<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndedPlain")
    }
}
