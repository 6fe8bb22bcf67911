//! What the attribute's expansion calls. Everything here is shaped by it: see `retry-macros`.

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

#[cfg(feature = "std")]
pub use crate::breaker::{self, Breaker};
#[cfg(feature = "std")]
pub use crate::budget::Budget;
pub use crate::call::attempt::{Attempt, AttemptDirective};
pub use crate::call::callbacks::{Callback, Ending, GiveUp, Hooks, Returns};
pub use crate::call::error::{RetryError, StopReason};
pub use crate::call::interrupt::{FromInterrupt, Interrupt};
pub use crate::call::outcome::{Health, Outcome, Verdict};
pub use crate::call::state::{EventMask, Progress, RetryState};
#[cfg(feature = "std")]
pub use crate::cancel::{Cancellation, sleep_blocking};
pub use crate::engine::cases::{Cases, OwnStop, OwnWait};
use crate::engine::machine::History;
pub use crate::engine::machine::{Call, FullHistory};
#[cfg(all(feature = "std", feature = "async"))]
pub use crate::guard::inside;
#[cfg(feature = "std")]
pub use crate::guard::nested;
#[cfg(feature = "std")]
pub use crate::guard::wait_for_breaker;
#[cfg(feature = "std")]
pub use crate::guard::{
    Admission, BodyScope, CallGuard, Guard, Guards, IntoGuards, resolve_outcome,
    try_resolve_outcome,
};
#[cfg(all(feature = "std", feature = "async"))]
pub use crate::guard::{bound, woken};
#[cfg(all(feature = "std", feature = "async"))]
pub use crate::hedge;
pub use crate::stop::{DefaultStop, Enabled, Stop};
#[cfg(feature = "std")]
pub use crate::telemetry::blocking_pause::pausing;
pub use crate::telemetry::stats::RetryStats;
pub use crate::telemetry::{
    CallSpan, Line, Metrics, log_debug, log_error, log_info, log_trace, log_warn,
};
#[cfg(all(feature = "std", feature = "async"))]
pub use crate::time::alarm::{alarm, no_later};
#[cfg(all(feature = "std", feature = "async"))]
pub use crate::time::clock::read_async;
#[cfg(feature = "std")]
pub use crate::time::clock::read_blocking;
pub use crate::time::pause::{pause_or_yield, yield_now};
pub use crate::time::sleep::{AsyncSleep, DefaultSleeper, Sleep};
#[cfg(feature = "std")]
pub use crate::time::stopwatch::Stopwatch;
#[cfg(all(feature = "std", feature = "async"))]
pub use crate::time::timeout::timeout;
pub use crate::transient::Transient;
pub use crate::wait::Wait;
pub use crate::when::Predicate;
pub use crate::{Policy, RetryPolicy};
pub use crate::{stop, wait, when};

pub mod accept;
mod asking;
mod beside;
#[cfg(feature = "std")]
mod guarded;
#[cfg(feature = "std")]
pub mod kept;
mod named;

pub use self::beside::{AsItIs, Beside, beside_interrupt};
#[cfg(feature = "std")]
pub use self::guarded::{
    Moved, admit, borrow_all, borrow_parts, cancellation, cancelled, ended, ends, fit, holds_token,
    interrupted, interrupts, keeps, limit, time_left, uninterrupted, was_cut, watch,
};
#[cfg(all(feature = "std", feature = "async"))]
pub use self::guarded::{
    cancellable_aside, cancellable_attempt, cancellable_pause, cutting, with_handle,
};
pub use self::named::{Named, RetryConfigs};
pub use crate::policy::ToldInPlace;
pub use core::future::pending;

/// A witness of the outcome's type: lets closures go without annotations, whatever the type is.
pub struct Of<R>(PhantomData<fn(&R)>);

impl<R> Clone for Of<R> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Of<R> {}

impl<R> fmt::Debug for Of<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Of")
    }
}

impl<R> Of<R> {
    /// Of a type that [`is`](Of::is) will tell.
    #[inline(always)]
    pub const fn later() -> Self {
        Of(PhantomData)
    }

    /// It is the type of this outcome.
    #[inline(always)]
    pub const fn is(self, _: &R) {}
}

/// Of the type of this outcome.
#[inline(always)]
pub const fn of<R>(_: &R) -> Of<R> {
    Of(PhantomData)
}

/// `a + b`, `a | b`, `a & b` and `!a`, whatever operators the operands have themselves.
pub mod combine {
    use super::{wait, when};

    #[inline(always)]
    pub const fn sum<A, B>(a: A, b: B) -> wait::Backoff<wait::Sum<A, B>> {
        wait::Backoff::new(wait::Sum(a, b))
    }

    #[inline(always)]
    pub const fn or<A, B>(a: A, b: B) -> when::Or<A, B> {
        when::Or(a, b)
    }

    #[inline(always)]
    pub const fn and<A, B>(a: A, b: B) -> when::And<A, B> {
        when::And(a, b)
    }

    #[inline(always)]
    pub const fn not<P>(p: P) -> when::Not<P> {
        when::Not(p)
    }
}

/// The verdict where no key judges: a failure is retried.
#[inline(always)]
pub fn any_failure<R: Outcome>(outcome: &R) -> Verdict {
    Verdict::retry_if(outcome.error().is_some())
}

/// Asks whether an outcome is a failure; one that is judged whole is none.
///
/// Where the first `failed` does not apply, method resolution goes on to what this dereferences to.
#[derive(Debug)]
pub struct Probe<'a, R>(pub &'a R);

impl<R: Outcome> Probe<'_, R> {
    #[inline(always)]
    pub fn failed(&self) -> bool {
        self.0.error().is_some()
    }
}

impl<R> core::ops::Deref for Probe<'_, R> {
    type Target = JudgedWhole;

    fn deref(&self) -> &JudgedWhole {
        &JudgedWhole
    }
}

/// An outcome that is neither a success nor a failure.
#[derive(Debug)]
pub struct JudgedWhole;

impl JudgedWhole {
    #[inline(always)]
    pub fn failed(&self) -> bool {
        false
    }
}

/// A state whose line shows as much as its outcome can: see [`Probe`] for the way.
#[derive(Debug)]
pub struct Logged<'a, R>(Quiet<'a, R>);

/// A state whose outcome has an error without a text.
#[derive(Debug)]
pub struct Quiet<'a, R>(&'a RetryState<'a, R>, Line<'a>);

impl<'a, R> Logged<'a, R> {
    #[inline(always)]
    pub fn new(state: &'a RetryState<'a, R>) -> Self {
        Logged(Quiet(state, Line::whole(state)))
    }
}

impl<'a, R: Outcome<Error: fmt::Display>> Logged<'a, R> {
    pub fn line(&self) -> Line<'a> {
        Line::new(self.0.0)
    }
}

impl<'a, R> core::ops::Deref for Logged<'a, R> {
    type Target = Quiet<'a, R>;

    fn deref(&self) -> &Quiet<'a, R> {
        &self.0
    }
}

impl<'a, R: Outcome> Quiet<'a, R> {
    pub fn line(&self) -> Line<'a> {
        Line::quiet(self.0)
    }
}

impl<'a, R> core::ops::Deref for Quiet<'a, R> {
    type Target = Line<'a>;

    fn deref(&self) -> &Line<'a> {
        &self.1
    }
}

/// Gives the fallback the last outcome.
#[inline(always)]
pub fn fall_back<R, F: FnOnce(GiveUp<R>) -> R>(give_up: GiveUp<R>, fallback: F) -> R {
    fallback(give_up)
}

#[inline]
pub fn give_up<R>(outcome: R, attempts: u32, elapsed: Duration, reason: StopReason) -> GiveUp<R> {
    GiveUp::new(outcome, attempts, elapsed, reason)
}

/// What a callback returned, where it was written in place.
#[inline(always)]
pub fn ending<R, T: Ending<R>>(_: Of<R>, returned: T) -> Option<R> {
    returned.ending()
}

/// A return type under `wrap_err`: `Result<T, RetryError<E>>`, where the body gives `Result<T, E>`.
#[diagnostic::on_unimplemented(
    message = "with `wrap_err = true` the function returns `Result<T, RetryError<E>>`, not `{Self}`",
    label = "expected `Result<T, persevere::RetryError<E>>`",
    note = "the body goes on giving `Result<T, E>`"
)]
pub trait Wrapped {
    /// What the body gives.
    type Body;

    /// The function's outcome, from the body's.
    fn wrap(
        outcome: Self::Body,
        attempts: u32,
        elapsed: Duration,
        reason: Option<StopReason>,
    ) -> Self;

    /// The function's outcome, from the last one of a call that gave up: without an error of its own, if
    /// that was a value, or dropped.
    fn give_up(
        outcome: Option<Self::Body>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> Self;
}

/// Wraps what the body gave, for a function that returns `R`.
///
/// Where the first `wrap` does not apply, method resolution goes on to what this dereferences to.
pub struct Wrapping<R>(Unwrapped<R>);

impl<R> Wrapping<R> {
    #[inline(always)]
    pub const fn new() -> Self {
        Wrapping(Unwrapped(PhantomData))
    }
}

impl<R: Wrapped> Wrapping<R> {
    #[inline(always)]
    pub fn wrap(
        &self,
        outcome: R::Body,
        attempts: u32,
        elapsed: Duration,
        reason: Option<StopReason>,
    ) -> R {
        R::wrap(outcome, attempts, elapsed, reason)
    }

    #[inline(always)]
    pub fn give_up(
        &self,
        outcome: Option<R::Body>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> R {
        R::give_up(outcome, attempts, elapsed, reason)
    }
}

impl<R> Default for Wrapping<R> {
    fn default() -> Self {
        Wrapping::new()
    }
}

impl<R> fmt::Debug for Wrapping<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wrapping")
    }
}

impl<R> core::ops::Deref for Wrapping<R> {
    type Target = Unwrapped<R>;

    fn deref(&self) -> &Unwrapped<R> {
        &self.0
    }
}

/// A return type that does not wrap: that is an error already.
pub struct Unwrapped<R>(PhantomData<fn() -> R>);

impl<R> Unwrapped<R> {
    pub fn wrap<T>(&self, _: T, _: u32, _: Duration, _: Option<StopReason>) -> R {
        unreachable!("does not compile")
    }

    pub fn give_up<T>(&self, _: Option<T>, _: u32, _: Duration, _: StopReason) -> R {
        unreachable!("does not compile")
    }
}

impl<R> fmt::Debug for Unwrapped<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unwrapped")
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Wrapped for Result<T, RetryError<E>> {
    type Body = Result<T, E>;

    #[inline]
    fn wrap(
        outcome: Result<T, E>,
        attempts: u32,
        elapsed: Duration,
        reason: Option<StopReason>,
    ) -> Self {
        let reason = reason.unwrap_or(StopReason::GivenUp);
        outcome.map_err(|last| RetryError::new(Some(last), attempts, elapsed, reason))
    }

    #[inline]
    fn give_up(
        outcome: Option<Result<T, E>>,
        attempts: u32,
        elapsed: Duration,
        reason: StopReason,
    ) -> Self {
        let last = outcome.and_then(Result::err);
        Err(RetryError::new(last, attempts, elapsed, reason))
    }
}

/// A handle for the body.
#[cfg(feature = "std")]
#[inline(always)]
pub fn attempt(number: u32, watch: Stopwatch, ends: Option<Duration>) -> Attempt {
    Attempt::new(number, watch, ends)
}

/// Where there is no outcome yet.
#[inline(always)]
pub fn no_outcome<'a, R>(_: Of<R>) -> Option<&'a R> {
    None
}

/// Why a call ends with a final outcome, failed or not.
#[inline(always)]
pub fn final_reason(failed: bool) -> Option<StopReason> {
    if failed {
        Some(StopReason::Final)
    } else {
        None
    }
}

/// Whether a wait asks for the elapsed time.
#[inline(always)]
pub fn wait_reads_clock<R, W: Wait<R>>(_: Of<R>, wait: &W) -> bool {
    wait.reads_clock()
}

/// A call whose first attempt begins.
#[inline(always)]
pub fn begun<M: History + Default>(name: &str) -> Call<M> {
    let mut call = Call::new();
    call.begin(name);
    call
}

/// What to sleep after a retryable outcome, or why the call ends, where nobody looks at its state.
#[inline(always)]
pub fn decide<R, S: Stop, W: Wait<R>>(
    call: &Call<()>,
    name: &str,
    elapsed: Duration,
    outcome: &R,
    verdict: Verdict,
    stop: &S,
    wait: &W,
) -> Result<Option<Duration>, StopReason> {
    let mut state = call.state(name, elapsed, Some(outcome));
    state.judge(verdict);
    state.decide(stop, wait)?;
    Ok(state.to_sleep())
}

/// What a block would give, in a branch that is never taken: it tells the block its type.
pub fn edge<R>() -> R {
    unreachable!("a branch that is never taken")
}

/// Uses up an argument, in a branch that is never taken.
pub fn use_up<T>(_: T) -> ! {
    unreachable!("a branch that is never taken")
}

/// What the callbacks of a policy hear of.
#[inline(always)]
pub fn handles<R, H: Hooks<R>>(_: Of<R>, _: &H) -> EventMask {
    H::HANDLES
}

/// Whether a policy has a fallback.
#[inline(always)]
pub fn falls_back<R, H: Hooks<R>>(_: Of<R>, _: &H) -> bool {
    H::FALLS_BACK
}

/// A pause that the callbacks of a policy know of, until it is dropped.
pub struct Asleep<'p, R, P: Policy<R> + ?Sized>(&'p P, PhantomData<fn(&R)>);

/// A pause of a call by a ready-made policy begins.
#[inline(always)]
pub fn asleep<R, P: Policy<R>>(_: Of<R>, policy: &P, pause: Duration) -> Asleep<'_, R, P> {
    policy.parts().hooks().fell_asleep(pause);
    Asleep(policy, PhantomData)
}

impl<R, P: Policy<R> + ?Sized> Drop for Asleep<'_, R, P> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.parts().hooks().woke();
    }
}

impl<R, P: Policy<R> + ?Sized> fmt::Debug for Asleep<'_, R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asleep")
    }
}

/// The parts of a ready-made policy.
#[inline(always)]
pub fn parts<R, P: Policy<R>>(_: Of<R>, policy: &P) -> &crate::policy::PartsOf<P, R> {
    policy.parts()
}

/// What `#[transient(retry_after = field)]` may name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how long to wait",
    label = "expected a `Duration` or an `Option<Duration>`",
    note = "for any other type implement `persevere::Transient` by hand, and give `Verdict::RetryAfter`"
)]
pub trait RetryAfter {
    fn verdict(&self) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl RetryAfter for Duration {
    fn verdict(&self) -> Verdict {
        Verdict::RetryAfter(*self)
    }
}

#[diagnostic::do_not_recommend]
impl RetryAfter for Option<Duration> {
    fn verdict(&self) -> Verdict {
        self.map_or(Verdict::Retry, Verdict::RetryAfter)
    }
}
