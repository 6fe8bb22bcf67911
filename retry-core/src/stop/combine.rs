//! Combinations of stop conditions: `any`, `all`, `|` and `&`.

use alloc::vec::Vec;
use core::fmt;

use persevere_words::describe::{Combination, Parts};

use super::Stop;
use super::contract::phrase;
use crate::call::error::StopReason;
use crate::call::state::Progress;
use crate::cancel::Cancellation;
use crate::invalid::InvalidValue;

/// Ends the call as soon as one of several conditions would.
///
/// They are a tuple, an array or a `Vec`. Without conditions it never ends the call.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::stop::{after_attempt, after_delay, any};
///
/// let limit = any((after_attempt(5), after_delay(Duration::from_secs(30))));
/// # let _ = limit;
/// ```
#[inline]
pub const fn any<L: StopList>(conditions: L) -> Any<L> {
    Any(conditions)
}

/// Ends the call when all of several conditions would.
///
/// They are a tuple, an array or a `Vec`. Without conditions it never ends the call. The reason is that of
/// the last condition.
///
/// ```
/// # use persevere_core as persevere;
/// use core::time::Duration;
/// use persevere::{RetryPolicy, StopReason, stop, wait};
///
/// let limits = stop::all((stop::after_attempt(3), stop::after_delay(Duration::from_secs(10))));
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(2))).stop(limits);
/// assert!(policy.resume(3, Duration::from_secs(9)).is_ok());
/// assert!(policy.resume(3, Duration::from_secs(10)).is_err());
/// ```
#[inline]
pub const fn all<L: StopList>(conditions: L) -> All<L> {
    All(conditions)
}

/// The condition of [`any()`].
#[derive(Clone, Copy, Debug)]
pub struct Any<L>(pub(super) L);

/// The condition of [`all()`].
#[derive(Clone, Copy, Debug)]
pub struct All<L>(pub(super) L);

#[diagnostic::do_not_recommend]
impl<L: StopList> Stop for Any<L> {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.0.any(progress)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.0.read_clock()
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        self.0.read_pause()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.0.read_history()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()
    }

    #[inline]
    fn cancellation(&self) -> Cancellation<'_> {
        self.0.fold(Cancellation::never(), |first, stop| {
            first.or(stop.cancellation())
        })
    }

    #[inline]
    fn cancels(&self) -> bool {
        self.0
            .fold(false, |cancels, stop| cancels || stop.cancels())
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        self.0.fold(false, |is, stop| is || stop.is_cancelled())
    }

    #[inline]
    fn is_aborted(&self) -> bool {
        self.0.fold(false, |is, stop| is || stop.is_aborted())
    }

    #[inline]
    fn abort_signal(&self) -> Cancellation<'_> {
        self.0.fold(Cancellation::never(), |first, stop| {
            first.or(stop.abort_signal())
        })
    }

    #[inline]
    fn aborts_attempt(&self) -> bool {
        self.0
            .fold(false, |cuts, stop| cuts || stop.aborts_attempt())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        combined(&self.0, Combination::AnyStop, f)
    }
}

#[diagnostic::do_not_recommend]
impl<L: StopList> Stop for All<L> {
    #[inline]
    fn stop(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.0.all(progress)
    }

    #[inline]
    fn reads_clock(&self) -> bool {
        self.0.read_clock()
    }

    #[inline]
    fn reads_pause(&self) -> bool {
        self.0.read_pause()
    }

    #[inline]
    fn reads_history(&self) -> bool {
        self.0.read_history()
    }

    fn check(&self) -> Result<(), InvalidValue> {
        self.0.check()
    }

    #[inline]
    fn cancellation(&self) -> Cancellation<'_> {
        every(&self.0, |stop| stop.cancellation())
    }

    #[inline]
    fn cancels(&self) -> bool {
        all_of(&self.0, |stop| stop.cancels())
    }

    #[inline]
    fn is_cancelled(&self) -> bool {
        all_of(&self.0, |stop| stop.is_cancelled())
    }

    #[inline]
    fn is_aborted(&self) -> bool {
        all_of(&self.0, |stop| stop.is_aborted())
    }

    #[inline]
    fn abort_signal(&self) -> Cancellation<'_> {
        every(&self.0, |stop| stop.abort_signal())
    }

    #[inline]
    fn aborts_attempt(&self) -> bool {
        all_of(&self.0, |stop| stop.aborts_attempt())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        combined(&self.0, Combination::AllStops, f)
    }
}

/// Writes the phrases of several conditions.
fn combined<L: StopList>(
    conditions: &L,
    kind: Combination,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    // Their number is not known here.
    let parts = Parts::begin(f, kind, usize::MAX);
    let parts = conditions.fold(parts, |parts: Result<Parts<'_, '_>, fmt::Error>, stop| {
        let mut parts = parts?;
        parts.part(&phrase(stop))?;
        Ok(parts)
    });
    parts?.end()
}

/// Returns whether there are conditions, and each of them answers `of` with yes.
#[inline]
fn all_of<L: StopList>(conditions: &L, of: impl Fn(&dyn Stop) -> bool) -> bool {
    let all = |all: Option<bool>, stop: &dyn Stop| Some(all != Some(false) && of(stop));
    conditions.fold(None, all).unwrap_or(false)
}

/// Returns the cancellation that has come once that of every condition has; without conditions it never
/// comes.
#[inline]
fn every<'a, L: StopList>(
    conditions: &'a L,
    of: impl Fn(&'a dyn Stop) -> Cancellation<'a>,
) -> Cancellation<'a> {
    let all = |all: Option<Cancellation<'a>>, stop| match all {
        None => Some(of(stop)),
        Some(all) => Some(all.and(of(stop))),
    };
    conditions.fold(None, all).unwrap_or(Cancellation::never())
}

/// Several stop conditions: a tuple of up to eight, an array or a `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of stop conditions",
    label = "expected stop conditions",
    note = "write `any((after_attempt(3), after_delay(30s)))`, or pass an array or a `Vec` of one type of them"
)]
#[doc(hidden)]
pub trait StopList {
    #[doc(hidden)]
    fn any(&self, progress: &Progress<'_>) -> Option<StopReason>;
    #[doc(hidden)]
    fn all(&self, progress: &Progress<'_>) -> Option<StopReason>;
    #[doc(hidden)]
    fn read_clock(&self) -> bool;
    #[doc(hidden)]
    fn read_pause(&self) -> bool;
    #[doc(hidden)]
    fn read_history(&self) -> bool;
    #[doc(hidden)]
    fn check(&self) -> Result<(), InvalidValue>;
    #[doc(hidden)]
    fn fold<'a, T>(&'a self, start: T, join: impl Fn(T, &'a dyn Stop) -> T) -> T;
}

impl<S: Stop> StopList for [S] {
    fn any(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.iter().find_map(|stop| stop.stop(progress))
    }

    /// Returns `None` as soon as one condition would go on, and without conditions.
    fn all(&self, progress: &Progress<'_>) -> Option<StopReason> {
        self.iter()
            .map(|stop| stop.stop(progress))
            .reduce(Option::and)
            .flatten()
    }

    fn read_clock(&self) -> bool {
        self.iter().any(Stop::reads_clock)
    }

    fn read_pause(&self) -> bool {
        self.iter().any(Stop::reads_pause)
    }

    fn read_history(&self) -> bool {
        self.iter().any(Stop::reads_history)
    }

    fn check(&self) -> Result<(), InvalidValue> {
        if self.is_empty() {
            return Err(InvalidValue::Empty);
        }
        self.iter().try_for_each(Stop::check)
    }

    fn fold<'a, T>(&'a self, start: T, join: impl Fn(T, &'a dyn Stop) -> T) -> T {
        self.iter().fold(start, |joined, stop| join(joined, stop))
    }
}

macro_rules! stops_as_slice {
    ($([$($generics:tt)*] $list:ty),+) => {$(
        impl<$($generics)*> StopList for $list {
            fn any(&self, progress: &Progress<'_>) -> Option<StopReason> {
                StopList::any(&self[..], progress)
            }

            fn all(&self, progress: &Progress<'_>) -> Option<StopReason> {
                StopList::all(&self[..], progress)
            }

            fn read_clock(&self) -> bool {
                StopList::read_clock(&self[..])
            }

            fn read_pause(&self) -> bool {
                StopList::read_pause(&self[..])
            }

            fn read_history(&self) -> bool {
                StopList::read_history(&self[..])
            }

            fn check(&self) -> Result<(), InvalidValue> {
                StopList::check(&self[..])
            }

            fn fold<'a, T>(&'a self, start: T, join: impl Fn(T, &'a dyn Stop) -> T) -> T {
                self[..].fold(start, join)
            }
        }
    )+};
}

stops_as_slice!([S: Stop, const N: usize] [S; N], [S: Stop] Vec<S>);

macro_rules! stops_as_tuple {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Stop, $($rest: Stop),*> StopList for ($first, $($rest,)*) {
            #[inline]
            #[allow(non_snake_case)]
            fn any(&self, progress: &Progress<'_>) -> Option<StopReason> {
                let ($first, $($rest,)*) = self;
                $first.stop(progress)$(.or_else(|| $rest.stop(progress)))*
            }

            #[inline]
            #[allow(non_snake_case)]
            fn all(&self, progress: &Progress<'_>) -> Option<StopReason> {
                let ($first, $($rest,)*) = self;
                $first.stop(progress)$(.and_then(|_| $rest.stop(progress)))*
            }

            #[inline]
            #[allow(non_snake_case)]
            fn read_clock(&self) -> bool {
                let ($first, $($rest,)*) = self;
                $first.reads_clock() $(|| $rest.reads_clock())*
            }

            #[inline]
            #[allow(non_snake_case)]
            fn read_pause(&self) -> bool {
                let ($first, $($rest,)*) = self;
                $first.reads_pause() $(|| $rest.reads_pause())*
            }

            #[inline]
            #[allow(non_snake_case)]
            fn read_history(&self) -> bool {
                let ($first, $($rest,)*) = self;
                $first.reads_history() $(|| $rest.reads_history())*
            }

            #[allow(non_snake_case)]
            fn check(&self) -> Result<(), InvalidValue> {
                let ($first, $($rest,)*) = self;
                $first.check()?;
                $($rest.check()?;)*
                Ok(())
            }

            #[inline]
            #[allow(non_snake_case)]
            fn fold<'a, T>(&'a self, start: T, join: impl Fn(T, &'a dyn Stop) -> T) -> T {
                let ($first, $($rest,)*) = self;
                let joined = join(start, $first);
                $(let joined = join(joined, $rest);)*
                joined
            }
        }
        stops_as_tuple!($($rest)*);
    };
    () => {};
}

stops_as_tuple!(A B C D E F G H);
