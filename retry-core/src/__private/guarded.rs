//! What the expansion of a guarded call needs besides its guards.

use core::time::Duration;

#[cfg(feature = "async")]
use core::future::Future;

use super::Of;
#[cfg(feature = "async")]
use crate::call::attempt::Attempt;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::cancel::{Cancellation, Cancelled};
#[cfg(feature = "async")]
use crate::cancel::{Interruptible, Ticking};
use crate::guard::{Admission, Borrowed, CallGuard, Guard, Guards, Hedging, Inline};
use crate::stop::Stop;
use crate::time::stopwatch::Stopwatch;

/// The guards of a call that begins.
#[inline(always)]
pub fn watch<R, G: Guard<R>>(_: Of<R>, guards: &G, stopwatch: Stopwatch) -> G::Active<'_> {
    const {
        assert!(
            !<G::Hedge as Hedging>::HEDGES,
            "the attribute does not take the hedge of a policy; write `hedge = ..` beside one without"
        );
    }
    let mut watch = guards.idle();
    watch.begin(stopwatch);
    watch
}

/// Input: the questions of [`CallGuard`] that do not show the outcome's type.
///
/// Output: the same, with the witness that tells it.
macro_rules! told_the_outcome {
    ($($ask:ident($guard:ty $(, $argument:ident: $of:ty)?) $(-> $answer:ty)?;)+) => {$(
        #[inline(always)]
        pub fn $ask<R, W: CallGuard<R>>(_: Of<R>, guard: $guard $(, $argument: $of)?) $(-> $answer)? {
            W::$ask(guard $(, $argument)?)
        }
    )+};
}

told_the_outcome! {
    admit(&mut W) -> Admission;
    limit(&W) -> Option<(Duration, Interrupt)>;
    ends(&W) -> Option<Duration>;
    keeps(&W) -> bool;
    interrupts(&W) -> bool;
    was_cut(&W) -> bool;
    time_left(&W, reserved: Duration) -> Option<(Duration, Interrupt)>;
    fit(&W, pause: Option<Duration>) -> Option<Duration>;
    interrupted(&mut W, interrupt: Interrupt);
}

/// The outcome of a hedged attempt, with the handle of the copy whose outcome it is: what other copies
/// wanted is lost with them.
#[cfg(feature = "async")]
#[inline(always)]
pub fn with_handle<R>(
    attempted: Result<(R, Attempt), Interrupt>,
    of_none: Attempt,
) -> (Result<R, Interrupt>, Attempt) {
    match attempted {
        Ok((outcome, handle)) => (Ok(outcome), handle),
        Err(interrupt) => (Err(interrupt), of_none),
    }
}

/// The guards of a policy, to add to.
#[inline(always)]
pub fn borrow_parts<R, G: Guard<R>>(
    _: Of<R>,
    guards: &G,
) -> Guards<Borrowed<'_, G::Breaker>, &G::Budget, Inline, G::Hedge> {
    guards.borrow_parts()
}

/// The guards of a policy, for a call with budgets of its own cases.
#[inline(always)]
pub fn borrow_all<R, G: Guard<R>>(
    _: Of<R>,
    guards: &G,
) -> Guards<Borrowed<'_, G::Breaker>, &G::Budget, Borrowed<'_, G::Interrupt>, G::Hedge> {
    guards.borrow_all()
}

/// Where nothing interrupts an attempt that has none before it.
pub fn uninterrupted<R>(_: Interrupt) -> R {
    unreachable!("an outcome comes before what ends the call")
}

/// Why a call ends that is interrupted, where there is no outcome for that.
pub fn ended(interrupt: Interrupt) -> StopReason {
    interrupt.reason().unwrap_or(StopReason::GivenUp)
}

/// The end of an attempt, where there is an outcome for one that is: made of the interrupt, or `kept`.
#[cfg(feature = "async")]
#[inline(always)]
pub fn cutting<'a, S: Stop + ?Sized, K>(
    interrupts: bool,
    kept: &Option<K>,
    stop: &'a S,
    name: &str,
) -> Cancellation<'a> {
    if interrupts || kept.is_some() {
        return stop.abort_signal();
    }
    if stop.aborts_attempt() {
        crate::telemetry::uncut(name);
    }
    Cancellation::never()
}

/// Whether a stop holds a token, which can end the call in a pause or an attempt.
#[inline]
pub fn holds_token<S: Stop + ?Sized>(stop: &S) -> bool {
    !stop.cancellation().is_never() || stop.aborts_attempt()
}

/// What ends a pause; a turn of the runtime ends by itself.
#[inline(always)]
pub fn cancellation<S: Stop + ?Sized>(pause: Option<Duration>, stop: &S) -> Cancellation<'_> {
    match pause {
        Some(_) => stop.cancellation(),
        None => Cancellation::never(),
    }
}

/// A pause that a token may end.
#[cfg(feature = "async")]
#[inline(always)]
pub fn cancellable_pause<F: Future, Z: Future<Output = ()>, T: FnMut(Duration) -> Z>(
    pause: F,
    cancellation: Cancellation<'_>,
    tick: T,
) -> Ticking<'_, F, Z, T> {
    Interruptible::pause(pause, cancellation).ticking(tick)
}

/// An attempt that a token may cut.
#[cfg(feature = "async")]
#[inline(always)]
pub fn cancellable_attempt<F: Future, Z: Future<Output = ()>, T: FnMut(Duration) -> Z>(
    attempt: F,
    cancellation: Cancellation<'_>,
    tick: T,
) -> Ticking<'_, F, Z, T> {
    Interruptible::attempt(attempt, cancellation).ticking(tick)
}

/// A future that a call awaits beside its attempts, which a token may cut: it is polled once, cancelled or not.
#[cfg(feature = "async")]
#[inline(always)]
pub fn cancellable_aside<F: Future, Z: Future<Output = ()>, T: FnMut(Duration) -> Z>(
    aside: F,
    cancellation: Cancellation<'_>,
    tick: T,
) -> Ticking<'_, F, Z, T> {
    Interruptible::aside(aside, cancellation).ticking(tick)
}

/// A pause that a future takes along: it cannot borrow what its maker was given.
#[derive(Debug)]
pub struct Moved(Duration);

impl Moved {
    #[inline(always)]
    pub const fn new(pause: Duration) -> Self {
        Moved(pause)
    }

    #[inline(always)]
    pub fn take(self) -> Duration {
        self.0
    }
}

/// A cancelled attempt is interrupted.
pub const fn cancelled(Cancelled: Cancelled) -> Interrupt {
    Interrupt::Cancelled
}
