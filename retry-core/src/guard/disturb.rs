//! What an interrupted attempt is taken for.

use super::Lent;
use crate::call::interrupt::{FromInterrupt, Interrupt};

/// What an interrupt becomes, once something can interrupt an attempt.
pub trait Disturb {
    /// The conversion then.
    type Disturbed: Disturb;

    #[doc(hidden)]
    fn disturbed(self) -> Self::Disturbed;
}

/// What makes an outcome of an interrupt.
#[diagnostic::on_unimplemented(
    message = "an attempt that is interrupted has no outcome of type `{O}`",
    label = "an attempt of this call can be interrupted",
    note = "implement `From<persevere::Interrupt>` for the error, or say what it becomes: `interrupt(|i| ..)`"
)]
pub trait Interrupted<O>: Disturb {
    /// Whether it makes any.
    #[doc(hidden)]
    const MAKES: bool = true;

    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> O;
}

/// Guards that make no outcome of an interrupt, since none of them interrupts.
#[cfg(feature = "async")]
pub trait Quiet {}

#[cfg(feature = "async")]
impl Quiet for () {}

#[cfg(feature = "async")]
impl<B, U, H> Quiet for super::Guards<B, U, Undisturbed, H> {}

/// Nothing interrupts an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Undisturbed;

/// What an interrupt becomes is said by the driver itself.
#[derive(Clone, Copy, Debug)]
pub struct InPlace;

/// Interrupts become outcomes by [`FromInterrupt`].
#[derive(Clone, Copy, Debug)]
pub struct ByError;

/// Interrupts become what a closure makes of them.
#[derive(Clone, Copy, Debug)]
pub struct Told<F>(pub(super) F);

macro_rules! disturb {
    ($([$($generics:tt)*] $from:ty => $to:ty: $with:expr;)+) => {$(
        impl<$($generics)*> Disturb for $from {
            type Disturbed = $to;

            #[inline]
            fn disturbed(self) -> $to {
                let with: fn(Self) -> $to = $with;
                with(self)
            }
        }
    )+};
}

disturb! {
    [] Undisturbed => ByError: |_| ByError;
    [] InPlace => InPlace: |it| it;
    [] ByError => ByError: |it| it;
    [F] Told<F> => Told<F>: |it| it;
}

impl<O> Interrupted<O> for Undisturbed {
    const MAKES: bool = false;

    fn outcome(&self, _: Interrupt) -> O {
        unreachable!("nothing interrupts an attempt without an outcome before it")
    }
}

impl<I> Disturb for Lent<'_, I> {
    type Disturbed = Self;

    #[inline]
    fn disturbed(self) -> Self {
        self
    }
}

impl<O, I: Interrupted<O>> Interrupted<O> for Lent<'_, I> {
    const MAKES: bool = I::MAKES;

    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        self.0.outcome(interrupt)
    }
}

impl<O> Interrupted<O> for InPlace {
    fn outcome(&self, _: Interrupt) -> O {
        unreachable!("the driver makes the outcome")
    }
}

impl<O: FromInterrupt> Interrupted<O> for ByError {
    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        O::from_interrupt(interrupt)
    }
}

impl<O, F: Fn(Interrupt) -> O> Interrupted<O> for Told<F> {
    #[inline]
    fn outcome(&self, interrupt: Interrupt) -> O {
        (self.0)(interrupt)
    }
}
