//! Conversion of an interrupt into an outcome.

use crate::call::interrupt::{FromInterrupt, Interrupt};

/// A conversion of interrupts, enabled once a guard can interrupt an attempt.
pub trait InterruptConversion {
    /// The enabled conversion.
    type Enabled: InterruptConversion;

    #[doc(hidden)]
    fn enable(self) -> Self::Enabled;
}

/// A conversion of an interrupt into an outcome of type `O`.
#[diagnostic::on_unimplemented(
    message = "an attempt that is interrupted has no outcome of type `{O}`",
    label = "an attempt of this call can be interrupted",
    note = "implement `From<persevere::Interrupt>` for the error, or say what it becomes: `interrupt(|i| ..)`"
)]
pub trait OutcomeFromInterrupt<O>: InterruptConversion {
    /// Whether it makes outcomes at all.
    #[doc(hidden)]
    const MAKES: bool = true;

    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> O;
}

/// Guards that make no outcome of an interrupt, since none of them interrupts.
#[cfg(feature = "async")]
pub trait Uninterrupted {}

#[cfg(feature = "async")]
impl Uninterrupted for () {}

/// Conversions that make an outcome of every interrupt.
#[cfg(feature = "async")]
pub trait Interrupting {}

#[cfg(feature = "async")]
impl Interrupting for FromError {}

#[cfg(feature = "async")]
impl<F> Interrupting for With<F> {}

/// The conversion of guards that interrupt no attempt.
#[derive(Clone, Copy, Debug)]
pub struct NoInterrupts;

/// The conversion of guards whose driver converts interrupts itself.
#[derive(Clone, Copy, Debug)]
pub struct Inline;

/// The conversion by [`FromInterrupt`].
#[derive(Clone, Copy, Debug)]
pub struct FromError;

/// The conversion by a closure.
#[derive(Clone, Copy, Debug)]
pub struct With<F>(pub(super) F);

macro_rules! conversions {
    ($([$($generics:tt)*] $from:ty => $to:ty: $with:expr;)+) => {$(
        impl<$($generics)*> InterruptConversion for $from {
            type Enabled = $to;

            #[inline]
            fn enable(self) -> $to {
                let with: fn(Self) -> $to = $with;
                with(self)
            }
        }
    )+};
}

conversions! {
    [] NoInterrupts => FromError: |_| FromError;
    [] Inline => Inline: |it| it;
    [] FromError => FromError: |it| it;
    [F] With<F> => With<F>: |it| it;
}

impl<O> OutcomeFromInterrupt<O> for NoInterrupts {
    const MAKES: bool = false;

    fn outcome(&self, _: Interrupt) -> O {
        unreachable!("nothing interrupts an attempt without an outcome before it")
    }
}

impl<O> OutcomeFromInterrupt<O> for Inline {
    fn outcome(&self, _: Interrupt) -> O {
        unreachable!("the driver makes the outcome")
    }
}

impl<O: FromInterrupt> OutcomeFromInterrupt<O> for FromError {
    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        O::from_interrupt(interrupt)
    }
}

impl<O, F: Fn(Interrupt) -> O> OutcomeFromInterrupt<O> for With<F> {
    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        (self.0)(interrupt)
    }
}
