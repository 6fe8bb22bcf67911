//! Probes of a type, for properties that no bound of the expansion could require.

use core::fmt::Display;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::call::outcome::Outcome;
use crate::call::state::RetryState;
use crate::policy::ToldInPlace;
use crate::telemetry::Line;

/// A question `Q`, whose methods exist if their bounds hold.
///
/// Otherwise method resolution goes on to `F`, to which this dereferences.
pub struct Probe<Q, F> {
    otherwise: F,
    question: PhantomData<fn(Q)>,
}

impl<Q, F> Probe<Q, F> {
    #[inline(always)]
    pub(super) const fn new(otherwise: F) -> Self {
        Probe {
            otherwise,
            question: PhantomData,
        }
    }

    #[inline(always)]
    pub(super) fn into_inner(self) -> F {
        self.otherwise
    }
}

impl<Q, F> Deref for Probe<Q, F> {
    type Target = F;

    #[inline(always)]
    fn deref(&self) -> &F {
        &self.otherwise
    }
}

impl<Q, F> DerefMut for Probe<Q, F> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut F {
        &mut self.otherwise
    }
}

/// A value that is taken once.
pub struct Slot<T>(Option<T>);

impl<T> Slot<T> {
    #[inline(always)]
    pub(super) const fn new(value: T) -> Self {
        Slot(Some(value))
    }

    #[inline(always)]
    pub(super) fn get(&self) -> &T {
        self.0.as_ref().expect("taken once")
    }

    #[inline(always)]
    pub(super) fn take(&mut self) -> T {
        self.0.take().expect("taken once")
    }

    #[inline(always)]
    pub(super) fn into_value(self) -> T {
        self.0.expect("taken once")
    }
}

/// Whether an outcome distinguishes success from failure.
pub struct TellsFailure;

/// An outcome that is judged whole.
pub struct JudgedWhole<'a, R>(&'a R);

/// Asks an outcome whether it is a failure.
#[inline(always)]
pub fn inspect<R>(outcome: &R) -> Probe<TellsFailure, JudgedWhole<'_, R>> {
    Probe::new(JudgedWhole(outcome))
}

impl<R: Outcome> Probe<TellsFailure, JudgedWhole<'_, R>> {
    #[inline(always)]
    pub fn is_failure(&self) -> bool {
        self.0.error().is_some()
    }
}

impl<R> JudgedWhole<'_, R> {
    #[inline(always)]
    pub fn is_failure(&self) -> bool {
        false
    }
}

/// Whether an outcome's error has a text.
pub struct HasText;

/// Whether an outcome has a type of errors.
pub struct HasError;

/// The state after an outcome that is judged whole.
pub struct LoggedWhole<'a, R>(&'a RetryState<'a, R>);

/// Asks a state for the line of a log, which shows as much as the outcome can.
#[inline(always)]
pub fn describe<'a, R>(
    state: &'a RetryState<'a, R>,
) -> Probe<HasText, Probe<HasError, LoggedWhole<'a, R>>> {
    Probe::new(Probe::new(LoggedWhole(state)))
}

impl<'a, R: Outcome<Error: Display>> Probe<HasText, Probe<HasError, LoggedWhole<'a, R>>> {
    pub fn line(&self) -> Line<'a> {
        Line::new(self.0)
    }
}

impl<'a, R: Outcome> Probe<HasError, LoggedWhole<'a, R>> {
    pub fn line(&self) -> Line<'a> {
        Line::quiet(self.0)
    }
}

impl<'a, R> LoggedWhole<'a, R> {
    pub fn line(&self) -> Line<'a> {
        Line::whole(self.0)
    }
}

/// Whether a policy can leave the conversion of interrupts to the attribute.
pub struct PolicyOverride;

/// Wraps the value of `policy`, if `interrupt` stands beside it.
#[inline(always)]
pub const fn override_interrupt<T>(value: T) -> Probe<PolicyOverride, Slot<T>> {
    Probe::new(Slot::new(value))
}

impl<T: ToldInPlace> Probe<PolicyOverride, Slot<T>> {
    #[inline(always)]
    pub fn policy(self) -> T::Told {
        self.into_inner().into_value().told_in_place()
    }
}

impl<T> Slot<T> {
    #[inline(always)]
    pub fn policy(&mut self) -> T {
        self.take()
    }
}
