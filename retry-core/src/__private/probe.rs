//! Probes of a type, for properties that no bound of the expansion could require.

use alloc::boxed::Box;
use alloc::format;
use core::fmt::{Debug, Display};
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::call::outcome::Outcome;
use crate::call::state::RetryState;
use crate::policy::OverrideInterrupt;
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

/// A value that is taken once. A method that takes it is found through references, and cannot own it.
pub struct Slot<T>(Option<T>);

impl<T> Slot<T> {
    #[inline(always)]
    pub(super) const fn new(value: T) -> Self {
        Slot(Some(value))
    }

    #[inline(always)]
    pub(super) fn take(&mut self) -> T {
        self.0.take().expect("taken once")
    }
}

/// Whether an outcome distinguishes success from failure.
pub struct TellsFailure;

/// Whether an outcome's error has a text.
pub struct HasText;

/// Whether a policy can leave the conversion of interrupts to the attribute.
pub struct PolicyOverride;

/// Asks an outcome whether it is a failure. One that is judged whole is none.
#[inline(always)]
pub const fn inspect<R>(outcome: &R) -> Probe<TellsFailure, Slot<&R>> {
    Probe::new(Slot::new(outcome))
}

impl<R: Outcome> Probe<TellsFailure, Slot<&R>> {
    #[inline(always)]
    pub fn is_failure(&mut self) -> bool {
        self.take().error().is_some()
    }
}

impl<R> Slot<&R> {
    #[inline(always)]
    pub fn is_failure(&self) -> bool {
        false
    }
}

/// The longest text of a value in an error, in bytes.
const LONGEST: usize = 200;

/// Whether the value of an outcome has a `Debug`.
pub struct ShowsValue;

/// Asks an outcome for the text of its value, if it has one.
#[inline(always)]
pub const fn last_value<R>(outcome: &R) -> Probe<ShowsValue, Slot<&R>> {
    Probe::new(Slot::new(outcome))
}

impl<R: Outcome<Value: Debug>> Probe<ShowsValue, Slot<&R>> {
    #[cold]
    pub fn text(&mut self) -> Option<Box<str>> {
        let mut text = format!("{:?}", self.take().value()?);
        if text.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or_default());
            text.push('…');
        }
        Some(text.into_boxed_str())
    }
}

impl<R> Slot<&R> {
    #[inline(always)]
    pub fn text(&self) -> Option<Box<str>> {
        None
    }
}

type Described<'a, R> = Probe<TellsFailure, Slot<&'a RetryState<'a, R>>>;

/// Asks a state for the line of a log, which shows as much as the outcome can.
#[inline(always)]
pub const fn describe<'a, R>(state: &'a RetryState<'a, R>) -> Probe<HasText, Described<'a, R>> {
    Probe::new(Probe::new(Slot::new(state)))
}

impl<'a, R: Outcome<Error: Display>> Probe<HasText, Described<'a, R>> {
    pub fn line(&mut self) -> Line<'a> {
        Line::new(self.take())
    }
}

impl<'a, R: Outcome> Described<'a, R> {
    pub fn line(&mut self) -> Line<'a> {
        Line::quiet(self.take())
    }
}

impl<'a, R> Slot<&'a RetryState<'a, R>> {
    pub fn line(&mut self) -> Line<'a> {
        Line::whole(self.take())
    }
}

/// Wraps the value of `policy`, if `interrupt` stands beside it.
#[inline(always)]
pub const fn override_interrupt<T>(value: T) -> Probe<PolicyOverride, Slot<T>> {
    Probe::new(Slot::new(value))
}

impl<T: OverrideInterrupt> Probe<PolicyOverride, Slot<T>> {
    #[inline(always)]
    pub fn policy(&mut self) -> T::Overridden {
        self.take().override_interrupt()
    }
}

impl<T> Slot<T> {
    #[inline(always)]
    pub fn policy(&mut self) -> T {
        self.take()
    }
}
