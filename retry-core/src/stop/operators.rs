//! The operators `|` and `&` between conditions.

use core::ops::{BitAnd, BitOr};

use super::{
    AbortAttempt, AfterAttempt, AfterDelay, All, Any, BeforeDelay, BoxStop, Cancel, Cancelled,
    Never, Stop, StopList, StopWhen,
};
use crate::call::state::Progress;

macro_rules! stop_operators {
    ($([$($generics:tt)*] $stop:ty),+ $(,)?) => {$(
        impl<$($generics)*> $stop {
            /// Ends the call as soon as this or `other` would: the same as `self | other`.
            #[inline]
            pub const fn or<R: Stop>(self, other: R) -> Any<(Self, R)> {
                Any((self, other))
            }

            /// Ends the call when both this and `other` would: the same as `self & other`.
            #[inline]
            pub const fn and<R: Stop>(self, other: R) -> All<(Self, R)> {
                All((self, other))
            }

            /// Erases the type, so that two conditions can stand in an `if`, and one in a field: see
            /// [`BoxStop`].
            pub fn boxed(self) -> BoxStop
            where
                Self: Send + Sync + 'static,
            {
                BoxStop::new(self)
            }
        }

        impl<$($generics)* R: Stop> BitOr<R> for $stop {
            type Output = Any<(Self, R)>;

            #[inline]
            fn bitor(self, other: R) -> Self::Output {
                self.or(other)
            }
        }

        impl<$($generics)* R: Stop> BitAnd<R> for $stop {
            type Output = All<(Self, R)>;

            #[inline]
            fn bitand(self, other: R) -> Self::Output {
                self.and(other)
            }
        }
    )+};
}

stop_operators!(
    [] AfterAttempt,
    [] AfterDelay,
    [] BeforeDelay,
    [] Never,
    [] BoxStop,
    [T: Cancel,] Cancelled<T>,
    [T: Cancel,] AbortAttempt<T>,
    [L: StopList,] Any<L>,
    [L: StopList,] All<L>,
    [F: Fn(&Progress<'_>) -> bool,] StopWhen<F>,
);
