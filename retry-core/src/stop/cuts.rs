//! Stops of which the compiler knows that they cut.

use alloc::boxed::Box;
use alloc::sync::Arc;

use super::{
    AfterAttempt, AfterDelay, Any, BeforeDelay, Cancelled, Cut, DefaultStop, Never, Stop, StopWhen,
};
use crate::call::state::Progress;

/// A stop that ends the attempt in flight, as its type says.
///
/// Not every one that does is: a box, a type of the user's own or an opaque one can hide it.
pub trait Cuts: Stop {}

/// A stop that does not cut, or of which nothing is known: it stands beside one that does.
pub trait Spares {}

impl<T: super::Cancel> Cuts for Cut<T> {}

impl<T> Spares for Cancelled<T> {}
impl<F: Fn(&Progress<'_>) -> bool> Spares for StopWhen<F> {}
impl<F: Fn(&Progress<'_>) -> bool> Spares for F {}

macro_rules! spares {
    ($($stop:ty),+ $(,)?) => {$(
        impl Spares for $stop {}
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
);

/// Input: the conditions before one that cuts, and those after it, none of which does.
///
/// Output: together they cut.
macro_rules! one_of_several {
    ($([$($before:ident)*] [$($after:ident)*];)+) => {$(
        impl<$($before: Stop,)* T: super::Cancel, $($after: Stop + Spares,)*> Cuts
            for Any<($($before,)* Cut<T>, $($after,)*)>
        {
        }

        impl<$($before: Stop,)* L: super::Stops, $($after: Stop + Spares,)*> Cuts
            for Any<($($before,)* Any<L>, $($after,)*)>
        where
            Any<L>: Cuts,
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
