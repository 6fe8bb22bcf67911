//! The cursor of a function's stream, whose type need not be comparable.

use crate::__private::probe::{Probe, Slot};

/// A cursor, by which a stream sees whether an item was progress.
pub trait Cursor: Clone + PartialEq {
    /// The parameter of the function.
    type Parameter;

    /// Wraps the parameter.
    fn of(parameter: Self::Parameter) -> Self;

    /// Returns the parameter.
    fn parameter(self) -> Self::Parameter;
}

/// A cursor that can be compared.
#[derive(Clone, PartialEq)]
pub struct Compared<K>(pub(super) K);

/// A cursor that cannot: every item is progress.
#[derive(Clone)]
pub struct Uncompared<K>(pub(super) K);

impl<K> PartialEq for Uncompared<K> {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

macro_rules! cursors {
    ($($cursor:ident: $($bound:ident)+;)+) => {$(
        impl<K: $($bound +)+> Cursor for $cursor<K> {
            type Parameter = K;

            #[inline(always)]
            fn of(parameter: K) -> Self {
                $cursor(parameter)
            }

            #[inline(always)]
            fn parameter(self) -> K {
                self.0
            }
        }
    )+};
}

cursors! {
    Compared: Clone PartialEq;
    Uncompared: Clone;
}

/// Whether a cursor can be compared.
pub struct IsCompared;

/// Asks the cursor that a stream starts from.
#[inline(always)]
pub const fn start<K: Clone>(cursor: K) -> Probe<IsCompared, Slot<K>> {
    Probe::new(Slot::new(cursor))
}

impl<K: Clone + PartialEq> Probe<IsCompared, Slot<K>> {
    #[inline(always)]
    pub fn cursor(&mut self) -> Compared<K> {
        Compared(self.take())
    }
}

impl<K> Slot<K> {
    #[inline(always)]
    pub fn cursor(&mut self) -> Uncompared<K> {
        Uncompared(self.take())
    }
}
