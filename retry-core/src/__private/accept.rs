//! Takes a user's value where it stands.
//!
//! `accept::stop(value).it()` is the value. If it is not a stop condition, that is one error, at the
//! value's own tokens, and `it` gives one that is: nothing that is done with it later is an error.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::future::{Future, Ready};
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::AtomicBool;
use core::time::Duration;

use super::asking::Asking;
use super::{Ending, Of};
#[cfg(feature = "std")]
use crate::breaker::{Breaker, CircuitBreaker};
#[cfg(feature = "std")]
use crate::budget::{Budget, RetryBudget};
use crate::call::callbacks::Callback;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Outcome, Verdict};
use crate::call::state::{Progress, RetryState};
#[cfg(feature = "std")]
use crate::guard::deadline::{Deadline, IntoDeadline};
#[cfg(feature = "std")]
use crate::guard::nested::{Nested, Nesting};
#[cfg(all(feature = "std", feature = "async"))]
use crate::hedge;
use crate::policy::{Policy, RetryPolicy};
use crate::stop::{self, Cancel, Stop, StopWhen, Stops};
use crate::telemetry::stats::RetryStats;
use crate::telemetry::{Line, Metered, Sink, Spanned};
use crate::time::pause::pause_or_yield;
use crate::time::sleep::{AsyncSleep, Pausing, Sleep, Timer};
use crate::transient::Transient;
use crate::wait::{FromErr, FromOutcome, Links, Pauses, Signal, Wait};
use crate::when::{
    self, AnyFailure, AsCause, CauseIs, ErrIs, Message, OnAttempt, OnErr, OnIdempotent, OnOk,
    OnOutcome, OnTransient, OnUnsent, Predicate, TransientCause, TransientTypes,
};

/// A value that was taken as a `K`.
///
/// Where the first `it` does not apply, method resolution goes on to what this dereferences to.
pub struct Taken<K, T>(Option<T>, Refused<K>);

/// In place of a value that is not a `K`.
pub struct Refused<K>(PhantomData<fn(K)>);

impl<K, T> Taken<K, T> {
    #[inline(always)]
    const fn new(value: T) -> Self {
        Taken(Some(value), Refused(PhantomData))
    }

    #[inline(always)]
    pub(super) fn take(&mut self) -> T {
        self.0.take().expect("taken once")
    }
}

impl<K, T> Deref for Taken<K, T> {
    type Target = Refused<K>;

    fn deref(&self) -> &Refused<K> {
        &self.1
    }
}

impl<K, T> DerefMut for Taken<K, T> {
    fn deref_mut(&mut self) -> &mut Refused<K> {
        &mut self.1
    }
}

impl<K, T> fmt::Debug for Taken<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Taken")
    }
}

impl<K> fmt::Debug for Refused<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refused")
    }
}

/// What a value is taken as, and what stands in for one that is not.
macro_rules! kinds {
    ($(
        #[doc = $doc:literal]
        $kind:ident $(<$outcome:ident>)? where $bound:path, else $other:ty { $otherwise:expr }
    )+) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $kind $(<$outcome>(PhantomData<fn(&$outcome)>))?;

        impl<T: $bound $(, $outcome)?> Taken<$kind $(<$outcome>)?, T> {
            #[inline(always)]
            pub fn it(&mut self) -> T {
                self.take()
            }
        }

        impl $(<$outcome>)? Refused<$kind $(<$outcome>)?> {
            pub fn it(&mut self) -> $other {
                $otherwise
            }
        }
    )+};
}

kinds! {
    /// A stop condition.
    AsStop where Stop, else stop::Never { stop::never() }

    /// Several stop conditions.
    AsStops where Stops, else [stop::Never; 1] { [stop::never()] }

    /// Something that cancels.
    AsToken where Cancel, else AtomicBool { AtomicBool::new(false) }

    /// A signal.
    AsSignal where Signal, else f64 { 0.0 }

    /// A wait.
    AsWait<R> where Wait<R>, else Duration { Duration::ZERO }

    /// Several waits.
    AsLinks<R> where Links<R>, else [Duration; 1] { [Duration::ZERO] }

    /// A list of pauses.
    AsPauses where Pauses, else [Duration; 1] { [Duration::ZERO] }

    /// A predicate.
    AsPredicate<R> where Predicate<R>, else when::Never { when::never() }

    /// A text.
    AsText where AsRef<str>, else &'static str { "" }

    /// A policy.
    AsPolicy<R> where Policy<R>, else RetryPolicy { RetryPolicy::new() }

    /// A sleeper for blocking code.
    AsSleeper where Sleep, else fn(Duration) { |_| () }

    /// A sleeper for async code.
    AsAsyncSleeper where AsyncSleep,
        else fn(Duration) -> Ready<()> { |_| core::future::ready(()) }

    /// Statistics.
    AsStats where Kept, else Box<RetryStats> { Box::new(RetryStats::new()) }
}

#[cfg(feature = "std")]
kinds! {
    /// A deadline.
    AsDeadline where IntoDeadline, else Deadline { Deadline::NEVER }

    /// A circuit breaker.
    AsBreaker<R> where Breaker<R>, else &'static CircuitBreaker { &NO_BREAKER }

    /// A budget.
    AsBudget where Lasting, else &'static RetryBudget { &NO_BUDGET }

    /// What a call does inside another.
    AsNested where Nesting, else Nested { Nested::Independent }
}

#[cfg(all(feature = "std", feature = "async"))]
kinds! {
    /// Further copies of a slow attempt.
    AsHedge where Hedged, else hedge::Hedge { NO_HEDGE }
}

/// Further copies of an attempt: `delay(..)` or `quantile(..)`.
#[cfg(all(feature = "std", feature = "async"))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say when an attempt is slow",
    label = "expected `delay(..)` or `quantile(..)`",
    note = "write `hedge = delay(50ms).copies(2)`, or `hedge = quantile(&LATENCY, 0.95)`"
)]
pub trait Hedged {}

#[cfg(all(feature = "std", feature = "async"))]
#[diagnostic::do_not_recommend]
impl<P: hedge::Pace> Hedged for hedge::Hedge<P> {}

#[cfg(all(feature = "std", feature = "async"))]
const NO_HEDGE: hedge::Hedge = hedge::delay(Duration::from_secs(1));

#[cfg(feature = "std")]
static NO_BREAKER: CircuitBreaker = CircuitBreaker::new("");
#[cfg(feature = "std")]
static NO_BUDGET: RetryBudget = RetryBudget::total(0);

impl<R, T: Predicate<R>> Taken<AsPredicate<R>, T> {
    /// The verdict of the predicate on an attempt's outcome.
    #[inline(always)]
    pub fn verdict_at(&self, outcome: &R, attempt: u32) -> Verdict {
        let predicate = self.0.as_ref().expect("taken once");
        predicate.verdict_at(outcome, attempt)
    }

    /// The health of the service by the predicate.
    #[inline(always)]
    pub fn health(&self, outcome: &R, verdict: Verdict) -> Health {
        let predicate = self.0.as_ref().expect("taken once");
        predicate.health(outcome, verdict)
    }
}

impl<R> Refused<AsPredicate<R>> {
    pub fn verdict_at(&self, _: &R, _: u32) -> Verdict {
        Verdict::Final
    }

    pub fn health(&self, _: &R, verdict: Verdict) -> Health {
        verdict.into()
    }
}

impl<T: AsyncSleep> Taken<AsAsyncSleeper, T> {
    /// The pause; what makes it is not kept meanwhile.
    #[inline(always)]
    pub fn pause_or_yield(self, pause: Option<Duration>) -> impl Future<Output = ()> + use<T> {
        pause_or_yield(&self.0.expect("taken once"), pause)
    }
}

impl Refused<AsAsyncSleeper> {
    pub fn pause_or_yield(&mut self, _: Option<Duration>) -> Ready<()> {
        core::future::ready(())
    }
}

/// The value of `stop`, or a part of it.
#[inline(always)]
pub const fn stop<T: Stop>(value: T) -> Taken<AsStop, T> {
    Taken::new(value)
}

/// Several stops at once, as in `any(list)`.
#[inline(always)]
pub const fn stops<T: Stops>(value: T) -> Taken<AsStops, T> {
    Taken::new(value)
}

/// The token of `cancelled(token)`.
#[inline(always)]
pub const fn token<T: Cancel>(value: T) -> Taken<AsToken, T> {
    Taken::new(value)
}

/// The signal of `adaptive(signal)`.
#[inline(always)]
pub const fn signal<T: Signal>(value: T) -> Taken<AsSignal, T> {
    Taken::new(value)
}

/// The value of `wait`, or a part of it.
#[inline(always)]
pub const fn wait<R, T: Wait<R>>(_: Of<R>, value: T) -> Taken<AsWait<R>, T> {
    Taken::new(value)
}

/// Several waits at once, as in `chain(list)`.
#[inline(always)]
pub const fn links<R, T: Links<R>>(_: Of<R>, value: T) -> Taken<AsLinks<R>, T> {
    Taken::new(value)
}

/// The list of `schedule(list)`.
#[inline(always)]
pub const fn pauses<T: Pauses>(value: T) -> Taken<AsPauses, T> {
    Taken::new(value)
}

/// The value of `when`, or a part of it.
#[inline(always)]
pub const fn predicate<R, T: Predicate<R>>(_: Of<R>, value: T) -> Asking<R, T> {
    Asking::new(Taken::new(value))
}

/// The text of `message(text)`.
#[inline(always)]
pub const fn text<T: AsRef<str>>(value: T) -> Taken<AsText, T> {
    Taken::new(value)
}

/// The value of `policy`.
#[inline(always)]
pub const fn policy<R, T: Policy<R>>(_: Of<R>, value: T) -> Taken<AsPolicy<R>, T> {
    Taken::new(value)
}

/// The value of `sleep` in a blocking function.
#[inline(always)]
pub const fn sleeper<T: Sleep>(value: T) -> Taken<AsSleeper, T> {
    Taken::new(value)
}

/// A closure as the value of `sleep` in a blocking function.
#[inline(always)]
pub const fn sleeper_closure<F: Fn(Duration)>(closure: F) -> Taken<AsSleeper, F> {
    Taken::new(closure)
}

/// The value of `sleep` in an async function.
#[inline(always)]
pub const fn async_sleeper<T: AsyncSleep>(value: T) -> Taken<AsAsyncSleeper, T> {
    Taken::new(value)
}

/// A closure as the value of `sleep` in an async function.
#[inline(always)]
pub const fn async_sleeper_closure<P, F>(closure: F) -> Taken<AsAsyncSleeper, F>
where
    P: Pausing,
    F: Fn(Duration) -> P,
{
    Taken::new(closure)
}

/// What async calls pause on where no sleeper is given.
#[inline(always)]
pub const fn timer<T: Timer>(timer: T) -> Taken<AsAsyncSleeper, T> {
    Taken::new(timer)
}

/// A value of `stats` that is made for the call.
#[inline(always)]
pub const fn kept_stats<T: Kept>(value: T) -> Taken<AsStats, T> {
    Taken::new(value)
}

/// `err(..)`
#[inline(always)]
pub const fn err<R, F>(_: Of<R>, closure: F) -> Taken<AsPredicate<R>, OnErr<F>>
where
    R: Outcome,
    F: Fn(&R::Error) -> bool,
{
    Taken::new(when::err(closure))
}

/// `ok(..)`
#[inline(always)]
pub const fn ok<R, F>(_: Of<R>, closure: F) -> Taken<AsPredicate<R>, OnOk<F>>
where
    R: Outcome,
    F: Fn(&R::Value) -> bool,
{
    Taken::new(when::ok(closure))
}

/// `outcome(..)`, or a closure that stands for a predicate.
#[inline(always)]
pub const fn outcome<R, F>(_: Of<R>, closure: F) -> Taken<AsPredicate<R>, OnOutcome<F>>
where
    F: Fn(&R) -> bool,
{
    Taken::new(when::outcome(closure))
}

/// `attempt(..)`
#[inline(always)]
pub const fn attempt<R, F>(_: Of<R>, closure: F) -> Taken<AsPredicate<R>, OnAttempt<F>>
where
    F: Fn(&R, u32) -> bool,
{
    Taken::new(when::attempt(closure))
}

/// `any_failure()`
#[inline(always)]
pub const fn any_failure<R: Outcome>(_: Of<R>) -> Taken<AsPredicate<R>, AnyFailure> {
    Taken::new(when::any_failure())
}

/// `transient()`
#[inline(always)]
pub const fn transient<R>(_: Of<R>) -> Asking<R, OnTransient>
where
    R: Outcome<Error: Transient>,
{
    Asking::new(Taken::new(when::transient()))
}

/// `unsent()`
#[inline(always)]
pub const fn unsent<R>(_: Of<R>) -> Asking<R, OnUnsent>
where
    R: Outcome<Error: Transient>,
{
    Asking::new(Taken::new(when::unsent()))
}

/// `idempotent(is)`
#[inline(always)]
pub const fn idempotent<R>(_: Of<R>, is: bool) -> Asking<R, OnIdempotent>
where
    R: Outcome<Error: Transient>,
{
    Asking::new(Taken::new(when::idempotent(is)))
}

/// `message(text)`
#[inline(always)]
pub const fn message<R, T>(_: Of<R>, text: T) -> Taken<AsPredicate<R>, Message<T>>
where
    R: Outcome<Error: fmt::Display>,
    T: AsRef<str>,
{
    Taken::new(when::message(text))
}

/// `err_is::<T>()`
#[inline(always)]
pub const fn err_is<R, T, K>(_: Of<R>) -> Taken<AsPredicate<R>, ErrIs<T, K>>
where
    R: Outcome<Error: AsCause<K>>,
    T: Error + 'static,
{
    Taken::new(ErrIs::new())
}

/// `cause_is::<T>()`
#[inline(always)]
pub const fn cause_is<R, T, K>(_: Of<R>) -> Taken<AsPredicate<R>, CauseIs<T, K>>
where
    R: Outcome<Error: AsCause<K>>,
    T: Error + 'static,
{
    Taken::new(CauseIs::new())
}

/// `transient_cause::<T>()`
#[inline(always)]
pub const fn transient_cause<R, T, K>(_: Of<R>) -> Asking<R, TransientCause<T, K, OnTransient>>
where
    R: Outcome<Error: AsCause<K>>,
    T: TransientTypes,
{
    Asking::new(Taken::new(TransientCause::new(when::transient())))
}

/// `unsent_cause::<T>()`
#[inline(always)]
pub const fn unsent_cause<R, T, K>(_: Of<R>) -> Asking<R, TransientCause<T, K, OnUnsent>>
where
    R: Outcome<Error: AsCause<K>>,
    T: TransientTypes,
{
    Asking::new(Taken::new(TransientCause::new(when::unsent())))
}

/// `idempotent_cause::<T>(is)`
#[inline(always)]
pub const fn idempotent_cause<R, T, K>(
    _: Of<R>,
    is: bool,
) -> Asking<R, TransientCause<T, K, OnIdempotent>>
where
    R: Outcome<Error: AsCause<K>>,
    T: TransientTypes,
{
    Asking::new(Taken::new(TransientCause::new(when::idempotent(is))))
}

/// `from_err(..)`
#[inline(always)]
pub const fn from_err<R, F>(_: Of<R>, closure: F) -> FromErr<F>
where
    R: Outcome,
    F: Fn(&R::Error) -> Option<Duration>,
{
    crate::wait::from_err(closure)
}

/// `from_outcome(..)`
#[inline(always)]
pub const fn from_outcome<R, F>(_: Of<R>, closure: F) -> FromOutcome<F>
where
    F: Fn(&R) -> Option<Duration>,
{
    crate::wait::from_outcome(closure)
}

/// The value of `deadline`.
#[cfg(feature = "std")]
#[inline(always)]
pub fn deadline<T: IntoDeadline>(value: T) -> Taken<AsDeadline, T> {
    Taken::new(value)
}

/// The value of `breaker`.
#[cfg(feature = "std")]
#[inline(always)]
pub fn breaker<R, T: Breaker<R>>(_: Of<R>, value: T) -> Taken<AsBreaker<R>, T> {
    Taken::new(value)
}

/// The value of `budget`.
#[cfg(feature = "std")]
#[inline(always)]
pub fn budget<T: Lasting>(value: T) -> Taken<AsBudget, T> {
    Taken::new(value)
}

/// The value of `hedge`.
#[cfg(all(feature = "std", feature = "async"))]
#[inline(always)]
pub fn hedge<T: Hedged>(value: T) -> Taken<AsHedge, T> {
    Taken::new(value)
}

/// The value of `nested`.
#[cfg(feature = "std")]
#[inline(always)]
pub fn nested<T: Nesting>(value: T) -> Taken<AsNested, T> {
    Taken::new(value)
}

/// The value of `interrupt`.
#[inline(always)]
pub fn interrupted<R, F: FnOnce(Interrupt) -> R>(_: Of<R>, interrupt: Interrupt, told: F) -> R {
    told(interrupt)
}

/// What became of `from_err(..)` with its `or`: what is wrong with it is known already.
#[inline(always)]
pub const fn told<R, T>(_: Of<R>, value: T) -> Taken<AsWait<R>, T> {
    Taken::new(value)
}

/// A closure that stands for a wait.
#[inline(always)]
pub const fn wait_closure<R, F>(_: Of<R>, closure: F) -> Taken<AsWait<R>, F>
where
    F: Fn(&RetryState<'_, R>) -> Duration,
{
    Taken::new(closure)
}

/// A closure that stands for a stop condition.
#[inline(always)]
pub const fn stop_closure<F>(closure: F) -> Taken<AsStop, StopWhen<F>>
where
    F: Fn(&Progress<'_>) -> bool,
{
    Taken::new(stop::stop_when(closure))
}

/// The value of `stats`, where it is a reference to a place.
#[inline(always)]
pub fn stats<S: Counted>(stats: &S) -> &RetryStats {
    stats.counted()
}

/// A callback that is a closure; the outcome that ends the call, if it wants so.
#[inline(always)]
pub fn closure<R, T, F>(state: &RetryState<'_, R>, mut callback: F) -> Option<R>
where
    T: Ending<R>,
    F: FnMut(&RetryState<'_, R>) -> T,
{
    callback(state).ending()
}

/// A callback that is any other value.
#[inline(always)]
pub fn callback<R, C: Callback<R>>(state: &RetryState<'_, R>, mut callback: C) -> Option<R> {
    callback.call(state)
}

/// A callback that writes a line.
#[inline(always)]
pub fn line<S: Sink>(line: Line<'_>, sink: S) {
    sink.write(line);
}

/// Whether calls can be counted as metrics.
#[inline(always)]
pub fn metrics<M: Metered>(_: M) {}

/// The span of the call that begins.
#[inline(always)]
pub fn span<S: Spanned>(span: S) -> S {
    span
}

/// Statistics, or a reference to some.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `RetryStats`",
    label = "expected `&RetryStats`",
    note = "keep them in a `static STATS: RetryStats = RetryStats::new();` and write `stats = &STATS`"
)]
pub trait Counted {
    fn counted(&self) -> &RetryStats;
}

#[diagnostic::do_not_recommend]
impl Counted for RetryStats {
    #[inline(always)]
    fn counted(&self) -> &RetryStats {
        self
    }
}

macro_rules! counted_by_deref {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Counted + ?Sized> Counted for $pointer {
            #[inline(always)]
            fn counted(&self) -> &RetryStats {
                (**self).counted()
            }
        }
    )+};
}

counted_by_deref!(&T, Box<T>, Rc<T>, Arc<T>);

/// A reference to statistics, shared or owned.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reference to `RetryStats`",
    label = "expected `&RetryStats`",
    note = "keep them in a `static STATS: RetryStats = RetryStats::new();` and write `stats = &STATS`"
)]
pub trait Kept {
    fn kept(&self) -> &RetryStats;
}

macro_rules! kept_by_deref {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Counted + ?Sized> Kept for $pointer {
            #[inline(always)]
            fn kept(&self) -> &RetryStats {
                (**self).counted()
            }
        }
    )+};
}

kept_by_deref!(&T, Box<T>, Rc<T>, Arc<T>);

/// A reference to a budget, shared or owned: one that is moved into a call would be a new one for every
/// call.
#[cfg(feature = "std")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shared retry budget",
    label = "expected `&RetryBudget`",
    note = "keep it in a `static BUDGET: RetryBudget = RetryBudget::tokens(500);` and write `budget = &BUDGET`"
)]
pub trait Lasting: Budget {}

#[cfg(feature = "std")]
macro_rules! lasting_by_reference {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Budget + ?Sized> Lasting for $pointer {}
    )+};
}

#[cfg(feature = "std")]
lasting_by_reference!(&T, Box<T>, Rc<T>, Arc<T>);

/// A value of exactly this type.
#[derive(Debug)]
pub struct Exactly<T> {
    pub value: T,
}
