//! Steps of the generated loop of a guarded call.

use core::time::Duration;

use super::OutcomeType;
use super::driver::typed;
use crate::call::callbacks::Hooks;
use crate::call::interrupt::Interrupt;
use crate::guard::{Admission, Borrowed, CallGuard, CallGuardBase, Guard, Guards, Hedging, Inline};
use crate::policy::Policy;
use crate::stop::Stop;
use crate::time::stopwatch::Stopwatch;

/// Guards a call that begins.
#[inline(always)]
pub fn watch<R, G: Guard<R>>(_: OutcomeType<R>, guards: &G, stopwatch: Stopwatch) -> G::Active<'_> {
    const { refuse_hedge::<R, G>() };
    let mut watch = guards.idle();
    watch.begin(stopwatch);
    watch
}

/// Reserves the time that the fallback of a policy wants before the deadline.
#[inline(always)]
pub fn reserve<R, W: CallGuard<R>, P: Policy<R>>(_: OutcomeType<R>, guard: &mut W, policy: &P) {
    guard.reserve(policy.parts().hooks().reserves());
}

/// Returns the idle time of a pause: none while the call waits for a breaker, which is no pause.
#[inline(always)]
pub fn idle<W: CallGuardBase>(guard: &W, pause: Option<Duration>) -> Duration {
    if guard.waits() {
        return Duration::ZERO;
    }
    pause.unwrap_or_default()
}

/// Refuses a policy with a hedge, even one whose type is hidden.
pub(super) const fn refuse_hedge<R, G: Guard<R>>() {
    assert!(
        !<G::Hedge as Hedging>::HEDGES,
        "the attribute does not take the hedge of a policy; write `hedge = ..` beside one without"
    );
}

typed! {
    CallGuard {
        admit(&mut W) -> Admission;
        admit_unless(&mut W, cancelled: bool) -> Admission;
        limit(&W) -> Option<(Duration, Interrupt)>;
        ends(&W) -> Option<Duration>;
        keeps(&W) -> bool;
        interrupts(&W) -> bool;
        was_cut(&W) -> bool;
        time_left(&W, reserved: Duration) -> Option<(Duration, Interrupt)>;
        fit(&W, pause: Option<Duration>) -> Option<Duration>;
        interrupted(&mut W, interrupt: Interrupt);
    }
    Guard {
        borrow_parts(&W) -> Guards<Borrowed<'_, W::Breaker>, &W::Budget, Inline, W::Hedge, &W::Limits>;
        borrow_all(&W)
            -> Guards<Borrowed<'_, W::Breaker>, &W::Budget, Borrowed<'_, W::Interrupt>, W::Hedge, &W::Limits>;
    }
}

/// Makes no outcome: an attempt is interrupted only if an outcome precedes it.
pub fn uninterrupted<R>(_: Interrupt) -> R {
    unreachable!("an outcome comes before what ends the call")
}

/// Returns whether a stop holds a token, which can end the call in a pause or an attempt.
#[inline]
pub fn holds_token<S: Stop + ?Sized>(stop: &S) -> bool {
    !stop.cancellation().is_never() || stop.aborts_attempt()
}
