//! Steps of the generated loop of a guarded call.

use core::time::Duration;

use super::OutcomeType;
use crate::call::attempt::Attempt;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::cancel::{Cancellation, Cancelled};
use crate::guard::{Admission, Borrowed, CallGuard, Guard, Guards, Hedging, Inline};
use crate::stop::Stop;
use crate::time::stopwatch::Stopwatch;

/// Returns the handle of an attempt, for the body.
#[inline(always)]
pub fn attempt(number: u32, watch: Stopwatch, ends: Option<Duration>) -> Attempt {
    Attempt::new(number, watch, ends)
}

/// Guards a call that begins.
#[inline(always)]
pub fn watch<R, G: Guard<R>>(_: OutcomeType<R>, guards: &G, stopwatch: Stopwatch) -> G::Active<'_> {
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

/// Adds the outcome's type to methods of [`CallGuard`] that do not show it.
macro_rules! typed {
    ($($ask:ident($guard:ty $(, $argument:ident: $of:ty)?) $(-> $answer:ty)?;)+) => {$(
        #[inline(always)]
        pub fn $ask<R, W: CallGuard<R>>(_: OutcomeType<R>, guard: $guard $(, $argument: $of)?) $(-> $answer)? {
            W::$ask(guard $(, $argument)?)
        }
    )+};
}

typed! {
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

/// Borrows the guards of a policy, to add to.
#[inline(always)]
pub fn borrow_parts<R, G: Guard<R>>(
    _: OutcomeType<R>,
    guards: &G,
) -> Guards<Borrowed<'_, G::Breaker>, &G::Budget, Inline, G::Hedge> {
    guards.borrow_parts()
}

/// Borrows the guards of a policy, for a call with budgets of its own cases.
#[inline(always)]
pub fn borrow_all<R, G: Guard<R>>(
    _: OutcomeType<R>,
    guards: &G,
) -> Guards<Borrowed<'_, G::Breaker>, &G::Budget, Borrowed<'_, G::Interrupt>, G::Hedge> {
    guards.borrow_all()
}

/// Makes no outcome: an attempt is interrupted only if an outcome precedes it.
pub fn uninterrupted<R>(_: Interrupt) -> R {
    unreachable!("an outcome comes before what ends the call")
}

/// Returns the reason of an interrupted call that ends without an outcome.
pub fn ended(interrupt: Interrupt) -> StopReason {
    interrupt.reason().unwrap_or(StopReason::GivenUp)
}

/// Returns the interrupt of a cancelled attempt.
pub const fn cancelled(Cancelled: Cancelled) -> Interrupt {
    Interrupt::Cancelled
}

/// Returns whether a stop holds a token, which can end the call in a pause or an attempt.
#[inline]
pub fn holds_token<S: Stop + ?Sized>(stop: &S) -> bool {
    !stop.cancellation().is_never() || stop.aborts_attempt()
}

/// Returns the cancellation of a pause; a yield to the runtime ends by itself.
#[inline(always)]
pub fn cancellation<S: Stop + ?Sized>(pause: Option<Duration>, stop: &S) -> Cancellation<'_> {
    match pause {
        Some(_) => stop.cancellation(),
        None => Cancellation::never(),
    }
}

/// A pause that a future owns, since it cannot borrow its maker's arguments.
pub struct OwnedPause(Duration);

impl OwnedPause {
    #[inline(always)]
    pub const fn new(pause: Duration) -> Self {
        OwnedPause(pause)
    }

    #[inline(always)]
    pub fn take(self) -> Duration {
        self.0
    }
}

#[cfg(feature = "async")]
pub use self::with_async::*;

#[cfg(feature = "async")]
mod with_async {
    use core::future::Future;
    use core::time::Duration;

    use super::{Attempt, Cancellation, Interrupt, Stop};
    use crate::cancel::{Interruptible, Ticking};

    /// Returns the outcome of a hedged attempt, with the handle of its copy; the marks of other copies are
    /// lost.
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

    /// Returns the cancellation of an attempt, if an outcome can stand for it: made of the interrupt, or
    /// `kept`.
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

    /// Emits functions that let a token end a future.
    macro_rules! cancellable {
        ($($(#[$meta:meta])* $name:ident by $interruptible:ident;)+) => {$(
            $(#[$meta])*
            #[inline(always)]
            pub fn $name<F: Future, Z: Future<Output = ()>, T: FnMut(Duration) -> Z>(
                future: F,
                cancellation: Cancellation<'_>,
                tick: T,
            ) -> Ticking<'_, F, Z, T> {
                Interruptible::$interruptible(future, cancellation).ticking(tick)
            }
        )+};
    }

    cancellable! {
        /// Lets a token end a pause.
        cancellable_pause by pause;
        /// Lets a token end an attempt.
        cancellable_attempt by attempt;
        /// Lets a token end a future that a call awaits beside its attempts. It is polled once, cancelled or
        /// not.
        cancellable_aside by aside;
    }
}
