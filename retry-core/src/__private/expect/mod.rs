//! Doors for the values of keys.
//!
//! `expect::stop(value).into_value()` is the value. A value that is not a stop condition is one error, at its
//! own tokens; `into_value` then returns a stand-in, so that no other error follows.

use core::future::{Future, Ready};
use core::marker::PhantomData;
use core::sync::atomic::AtomicBool;
use core::time::Duration;

use super::OutcomeType;
use super::probe::{Probe, Slot};
use crate::call::interrupt::Interrupt;
use crate::call::state::{Progress, RetryState};
use crate::stop::{self, Cancel, Stop, StopList, StopWhen};
use crate::time::pause::pause_or_yield;
use crate::time::sleep::{AsyncSleep, Pausing, Sleep, Timer};
use crate::wait::{Backoff, DurationList, Signal, Sum, Wait, WaitList};
use crate::when;

mod callbacks;
#[cfg(feature = "std")]
mod guards;
mod policy;
mod predicates;
mod stats;

pub use self::callbacks::*;
#[cfg(feature = "std")]
pub use self::guards::*;
pub use self::policy::*;
pub use self::predicates::*;
pub use self::stats::*;

/// A value, expected to be of the kind `K`.
pub type Accepted<K, T> = Probe<K, Rejected<K, T>>;

/// A value that is not of the kind `K`.
pub struct Rejected<K, T>(Slot<T>, PhantomData<fn(K)>);

#[inline(always)]
const fn accepted<K, T>(value: T) -> Accepted<K, T> {
    Probe::new(Rejected(Slot::new(value), PhantomData))
}

/// Emits a kind: the trait of its values, and the stand-in for any other.
macro_rules! kind {
    ($kind:ident $(<$outcome:ident>)? is $bound:path, else $other:ty = $otherwise:expr) => {
        pub struct $kind $(<$outcome>(core::marker::PhantomData<fn(&$outcome)>))?;

        impl<T: $bound $(, $outcome)?> Accepted<$kind $(<$outcome>)?, T> {
            #[inline(always)]
            #[allow(clippy::wrong_self_convention)] // a probe goes on to it by reference
            pub fn into_value(&mut self) -> T {
                self.0.take()
            }
        }

        impl<T $(, $outcome)?> Rejected<$kind $(<$outcome>)?, T> {
            #[allow(clippy::wrong_self_convention)]
            pub fn into_value(&mut self) -> $other {
                $otherwise
            }
        }
    };
}

/// Emits kinds, each with the door for its values.
///
/// A door has no bound, which a message would quote. It requires a method of the trait instead, which the
/// expansion names at the value's tokens.
macro_rules! kinds {
    ($(
        #[doc = $doc:literal]
        $door:ident: $kind:ident $(<$outcome:ident>)? is $bound:path, asks $method:ty, else $other:ty = $otherwise:expr;
    )+) => {$(
        kind!($kind $(<$outcome>)? is $bound, else $other = $otherwise);

        #[doc = $doc]
        #[inline(always)]
        pub const fn $door<$($outcome,)? T>(
            $(_: OutcomeType<$outcome>,)? value: T, _: $method,
        ) -> Accepted<$kind $(<$outcome>)?, T> {
            accepted(value)
        }
    )+};
}

/// Emits doors whose bounds determine the type of a closure or of an outcome; `[R]` takes the outcome's type first.
macro_rules! doors {
    ($(
        #[doc = $doc:literal]
        $([$outcome:ident])? $door:ident $(<$($param:ident),+>)? ($($arg:ident: $of:ty),*) -> $type:ty = $made:expr
            $(, where [$($bound:tt)*])?;
    )+) => {$(
        #[doc = $doc]
        #[inline(always)]
        pub const fn $door<$($outcome,)? $($($param),+)?>(
            $(_: OutcomeType<$outcome>,)? $($arg: $of),*
        ) -> $type
        where
            $($($bound)*)?
        {
            $made
        }
    )+};
}

/// Implements a trait for pointers to implementors of another.
macro_rules! for_pointers {
    ($trait:ident to $to:ident $body:tt) => {
        for_pointers!($trait to $to $body: &T, Box<T>, Rc<T>, Arc<T>);
    };
    ($trait:ident to $to:ident $body:tt: $($pointer:ty),+) => {
        $(for_pointers!(@ $trait to $to for $pointer, $body);)+
    };
    (@ $trait:ident to $to:ident for $pointer:ty, { $($item:tt)* }) => {
        #[diagnostic::do_not_recommend]
        impl<T: $to + ?Sized> $trait for $pointer {
            $($item)*
        }
    };
}
use {doors, for_pointers, kind, kinds};

kinds! {
    /// Accepts the value of `stop`, or a part of it.
    stop: AsStop is Stop, asks fn(&T) -> bool, else stop::Never = stop::never();
    /// Accepts several stops at once, as in `any(list)`.
    stops: AsStops is StopList, asks fn(&T) -> bool, else [stop::Never; 1] = [stop::never()];
    /// Accepts the token of `cancelled(token)`.
    token: AsToken is Cancel, asks fn(&T) -> bool, else AtomicBool = AtomicBool::new(false);
    /// Accepts the signal of `adaptive(signal)`.
    signal: AsSignal is Signal, asks fn(&T) -> f64, else f64 = 0.0;
    /// Accepts the value of `wait`, or a part of it.
    wait: AsWait<R> is Wait<R>, asks fn(&T, &RetryState<'_, R>) -> Duration, else Duration = Duration::ZERO;
    /// Accepts several waits at once, as in `chain(list)`.
    links: AsLinks<R> is WaitList<R>, asks fn(&T, usize, &RetryState<'_, R>, Duration) -> Option<Duration>,
        else [Duration; 1] = [Duration::ZERO];
    /// Accepts the text of `message(text)`.
    text: AsText is AsRef<str>, asks fn(&T) -> &str, else &'static str = "";
    /// Accepts the value of `sleep` in a blocking function.
    sleeper: AsSleeper is Sleep, asks fn(&T, Duration), else fn(Duration) = |_| ();
    /// Accepts the value of `sleep` in an async function.
    async_sleeper: AsAsyncSleeper is AsyncSleep, asks fn(&T) -> bool,
        else fn(Duration) -> Ready<()> = |_| core::future::ready(());
}

kind!(AsPauses is DurationList, else [Duration; 1] = [Duration::ZERO]);

doors! {
    /// Accepts the list of `schedule(list)`.
    pauses<T>(list: T) -> Accepted<AsPauses, T> = accepted(list), where [T: DurationList];
    /// Combines waits by `a + b`, whatever operators they have themselves.
    sum<A, B>(a: A, b: B) -> Backoff<Sum<A, B>> = Backoff::new(Sum(a, b));
    /// Combines predicates by `a | b`.
    or<A, B>(a: A, b: B) -> when::Or<A, B> = when::Or(a, b);
    /// Combines predicates by `a & b`.
    and<A, B>(a: A, b: B) -> when::And<A, B> = when::And(a, b);
    /// Negates a predicate by `!a`.
    not<P>(predicate: P) -> when::Not<P> = when::Not(predicate);
    /// Accepts a closure that stands for a stop condition.
    stop_closure<F>(closure: F) -> Accepted<AsStop, StopWhen<F>> = accepted(stop::stop_when(closure)),
        where [F: Fn(&Progress<'_>) -> bool];
    /// Accepts a closure as the value of `sleep` in a blocking function.
    sleeper_closure<F>(closure: F) -> Accepted<AsSleeper, F> = accepted(closure), where [F: Fn(Duration)];
    /// Accepts a closure as the value of `sleep` in an async function.
    async_sleeper_closure<P, F>(closure: F) -> Accepted<AsAsyncSleeper, F> = accepted(closure),
        where [P: Pausing, F: Fn(Duration) -> P];
    /// Accepts the timer of async calls without a sleeper of their own.
    timer<T>(timer: T) -> Accepted<AsAsyncSleeper, T> = accepted(timer), where [T: Timer];
}

impl<T: AsyncSleep> Accepted<AsAsyncSleeper, T> {
    /// Pauses; neither the sleeper nor the probe is kept meanwhile.
    #[inline(always)]
    pub fn pause_or_yield(self, pause: Option<Duration>) -> impl Future<Output = ()> + use<T> {
        pause_or_yield(&self.into_inner().0.take(), pause)
    }
}

impl<T> Rejected<AsAsyncSleeper, T> {
    pub fn pause_or_yield(&mut self, _: Option<Duration>) -> Ready<()> {
        core::future::ready(())
    }
}

/// Converts an interrupt by the value of `interrupt`.
#[inline(always)]
pub fn interrupted<R, F>(_: OutcomeType<R>, interrupt: Interrupt, made: F) -> R
where
    F: FnOnce(Interrupt) -> R,
{
    made(interrupt)
}

/// Returns a conversion of interrupts.
#[inline(always)]
pub const fn conversion<R, F: Fn(Interrupt) -> R>(_: OutcomeType<R>, convert: F) -> F {
    convert
}

/// A value of exactly this type.
pub struct TypeHint<T> {
    pub value: T,
}
