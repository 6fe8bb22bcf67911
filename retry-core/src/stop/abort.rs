//! Stops that end the attempt in flight, as a property of their type.

use alloc::boxed::Box;
use alloc::sync::Arc;

use super::{
    AbortAttempt, AfterAttempt, AfterDelay, Any, BeforeDelay, BoxStop, Cancelled, DefaultStop,
    Never, Stop, StopWhen,
};
use crate::call::state::Progress;

/// A stop that ends the attempt in flight, by its type.
///
/// Other stops may do so too: a box, a type of the user's own or an opaque type can hide it.
pub trait AbortsAttempt: Stop {}

/// A stop that does not end the attempt in flight, or is not known to, next to one that does.
pub trait SparesAttempt {}

impl<T: super::Cancel> AbortsAttempt for AbortAttempt<T> {}

impl<T> SparesAttempt for Cancelled<T> {}
impl<F: Fn(&Progress<'_>) -> bool> SparesAttempt for StopWhen<F> {}
impl<F: Fn(&Progress<'_>) -> bool> SparesAttempt for F {}

macro_rules! spares {
    ($($stop:ty),+ $(,)?) => {$(
        impl SparesAttempt for $stop {}
    )+};
}

spares!(
    AfterAttempt,
    AfterDelay,
    BeforeDelay,
    DefaultStop,
    Never,
    &dyn Stop,
    &(dyn Stop + Sync),
    &(dyn Stop + Send + Sync),
    Box<dyn Stop + '_>,
    Box<dyn Stop + Send + '_>,
    Box<dyn Stop + Send + Sync + '_>,
    Arc<dyn Stop + '_>,
    Arc<dyn Stop + Send + Sync + '_>,
    BoxStop,
);

/// Implements [`AbortsAttempt`] for lists with one condition that ends the attempt.
///
/// Input: the conditions before that one, and those after it, which are not known to end the attempt.
macro_rules! one_of_several {
    ($([$($before:ident)*] [$($after:ident)*];)+) => {$(
        impl<$($before: Stop,)* T: super::Cancel, $($after: Stop + SparesAttempt,)*> AbortsAttempt
            for Any<($($before,)* AbortAttempt<T>, $($after,)*)>
        {
        }

        impl<$($before: Stop,)* L: super::StopList, $($after: Stop + SparesAttempt,)*> AbortsAttempt
            for Any<($($before,)* Any<L>, $($after,)*)>
        where
            Any<L>: AbortsAttempt,
        {
        }
    )+};
}

one_of_several! {
    [] [];
    [] [A];
    [A] [];
    [] [A B];
    [A] [B];
    [A B] [];
    [] [A B C];
    [A] [B C];
    [A B] [C];
    [A B C] [];
}
