//! The type of an outcome, as a value.

use core::marker::PhantomData;

/// A witness of the outcome's type, by which closures beside it need no annotations, whatever the type is.
pub struct OutcomeType<R>(PhantomData<fn(&R)>);

impl<R> Clone for OutcomeType<R> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for OutcomeType<R> {}

impl<R> OutcomeType<R> {
    /// Creates the witness of a type that is written, or that [`is`](Self::is) infers.
    #[inline(always)]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        OutcomeType(PhantomData)
    }

    /// Infers the type from an outcome.
    #[inline(always)]
    pub const fn is(self, _: &R) {}
}

/// Returns the type of this outcome.
#[inline(always)]
pub const fn outcome_type<R>(_: &R) -> OutcomeType<R> {
    OutcomeType::new()
}
