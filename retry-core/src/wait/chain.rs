//! A sequence of waits.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use persevere_words::describe::{Combination, Curve, Parts};

use super::contract::phrase;
use super::{Formula, HINT_MAX, Wait};
use crate::call::state::RetryState;
use crate::invalid::InvalidValue;
use crate::time::ticks::nanos;

/// The curve of [`chain`](super::chain).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chain<L>(pub(super) L);

impl<O: ?Sized, L: WaitList<O>> Formula<O> for Chain<L> {
    #[inline]
    fn nanos(&self, state: &RetryState<'_, O>, longest: Duration) -> Option<u64> {
        let link = (state.attempt().saturating_sub(1)) as usize;
        self.0.pause_within(link, state, longest).map(nanos)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.0.read_clock()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.0.read_history()
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.0.hint_max()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }

    fn kind(&self) -> Curve {
        Curve::Combined
    }
}

/// Several waits: a tuple of up to eight, an array or a `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of waits",
    label = "expected waits",
    note = "write `chain((fixed(1s), fixed(5s), exponential(10s)))`, or pass an array or a `Vec` of one type of them"
)]
#[doc(hidden)]
pub trait WaitList<O: ?Sized> {
    /// Returns the pause of link `at`, or of the last one; `None` if the failure requests one longer than
    /// `longest`.
    #[doc(hidden)]
    fn pause_within(
        &self,
        at: usize,
        state: &RetryState<'_, O>,
        longest: Duration,
    ) -> Option<Duration>;
    #[doc(hidden)]
    fn read_clock(&self) -> bool;
    #[doc(hidden)]
    fn read_history(&self) -> bool;
    /// Returns the longest hint that a link accepts.
    #[doc(hidden)]
    fn hint_max(&self) -> Duration;
    #[doc(hidden)]
    fn check(&self) -> Result<(), InvalidValue>;
    /// Writes the phrases of the links.
    #[doc(hidden)]
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<O: ?Sized, W: Wait<O>> WaitList<O> for [W] {
    fn pause_within(
        &self,
        at: usize,
        state: &RetryState<'_, O>,
        longest: Duration,
    ) -> Option<Duration> {
        let last = self.len().saturating_sub(1);
        let link = self.get(at.min(last));
        link.map_or(Some(Duration::ZERO), |wait| {
            wait.pause_within(state, longest)
        })
    }

    fn read_clock(&self) -> bool {
        self.iter().any(Wait::reads_clock)
    }

    fn read_history(&self) -> bool {
        self.iter().any(Wait::reads_history)
    }

    fn hint_max(&self) -> Duration {
        let longest = self.iter().map(Wait::hint_max).max();
        longest.unwrap_or(HINT_MAX)
    }

    fn check(&self) -> Result<(), InvalidValue> {
        if self.is_empty() {
            return Err(InvalidValue::Empty);
        }
        self.iter().try_for_each(Wait::check)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Parts::begin(f, Combination::Sequence, self.len())?;
        for wait in self {
            parts.part(&phrase(wait))?;
        }
        parts.end()
    }
}

macro_rules! links_as_slice {
    ($([$($generics:tt)*] $list:ty),+) => {$(
        impl<O: ?Sized, $($generics)*> WaitList<O> for $list {
            fn pause_within(
                &self,
                at: usize,
                state: &RetryState<'_, O>,
                longest: Duration,
            ) -> Option<Duration> {
                self[..].pause_within(at, state, longest)
            }

            fn read_clock(&self) -> bool {
                self[..].read_clock()
            }

            fn read_history(&self) -> bool {
                self[..].read_history()
            }

            fn hint_max(&self) -> Duration {
                WaitList::<O>::hint_max(&self[..])
            }

            fn check(&self) -> Result<(), InvalidValue> {
                WaitList::<O>::check(&self[..])
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                WaitList::<O>::describe(&self[..], f)
            }
        }
    )+};
}

links_as_slice!([W: Wait<O>, const N: usize] [W; N], [W: Wait<O>] Vec<W>);

macro_rules! links_as_tuple {
    ($($link:ident $at:tt),+; $last:ident $end:tt) => {
        impl<O: ?Sized, $($link: Wait<O>,)+ $last: Wait<O>> WaitList<O> for ($($link,)+ $last,) {
            #[inline]
            fn pause_within(
                &self,
                at: usize,
                state: &RetryState<'_, O>,
                longest: Duration,
            ) -> Option<Duration> {
                match at {
                    $($at => self.$at.pause_within(state, longest),)+
                    _ => self.$end.pause_within(state, longest),
                }
            }

            #[inline]
            fn read_clock(&self) -> bool {
                $(self.$at.reads_clock() ||)+ self.$end.reads_clock()
            }

            #[inline]
            fn read_history(&self) -> bool {
                $(self.$at.reads_history() ||)+ self.$end.reads_history()
            }

            #[inline]
            fn hint_max(&self) -> Duration {
                self.$end.hint_max()$(.max(self.$at.hint_max()))+
            }

            fn check(&self) -> Result<(), InvalidValue> {
                $(self.$at.check()?;)+
                self.$end.check()
            }

            fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Combination::Sequence.of(f, &[$(&phrase(&self.$at),)+ &phrase(&self.$end)])
            }
        }
    };
}

links_as_tuple!(A 0; B 1);
links_as_tuple!(A 0, B 1; C 2);
links_as_tuple!(A 0, B 1, C 2; D 3);
links_as_tuple!(A 0, B 1, C 2, D 3; E 4);
links_as_tuple!(A 0, B 1, C 2, D 3, E 4; F 5);
links_as_tuple!(A 0, B 1, C 2, D 3, E 4, F 5; G 6);
links_as_tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6; H 7);

impl<O: ?Sized, A: Wait<O>> WaitList<O> for (A,) {
    #[inline]
    fn pause_within(
        &self,
        _: usize,
        state: &RetryState<'_, O>,
        longest: Duration,
    ) -> Option<Duration> {
        self.0.pause_within(state, longest)
    }

    #[inline]
    fn read_clock(&self) -> bool {
        self.0.reads_clock()
    }

    #[inline]
    fn read_history(&self) -> bool {
        self.0.reads_history()
    }

    #[inline]
    fn hint_max(&self) -> Duration {
        self.0.hint_max()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Combination::Sequence.of(f, &[&phrase(&self.0)])
    }
}
