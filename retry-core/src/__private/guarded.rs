//! What the expansion of a guarded call needs besides its guards.

use core::time::Duration;

use super::Of;
use crate::budget::Purse;
use crate::clock::Stopwatch;
use crate::error::StopReason;
use crate::guard::{Guard, Guards, InPlace, Lent};
use crate::interrupt::Interrupt;
use crate::state::RetryState;

/// The guards of a call that begins.
#[inline(always)]
pub fn watch<R, G: Guard<R>>(_: Of<R>, guards: &G, stopwatch: Stopwatch) -> G::Watch<'_> {
    guards.watch(stopwatch)
}

/// The guards of a policy, to add to.
#[inline(always)]
pub fn lend<R, G: Guard<R>>(
    _: Of<R>,
    guards: &G,
) -> Guards<Lent<'_, G::Breaker>, &G::Budget, InPlace> {
    guards.lend()
}

/// A place for the last outcome, if these guards need one.
#[inline(always)]
pub fn kept<R, G: Guard<R>>(_: Of<R>, _: &G) -> G::Kept {
    G::Kept::default()
}

/// Where nothing interrupts an attempt that has none before it.
pub fn uninterrupted<R>(_: Interrupt) -> R {
    unreachable!("an outcome comes before what ends the call")
}

/// Pays for the retry of a case from the budget of that case.
pub fn pay<O: ?Sized>(
    state: &mut RetryState<'_, O>,
    purse: &mut Purse<'_>,
    decision: Result<Duration, StopReason>,
) -> Result<Duration, StopReason> {
    let pause = decision?;
    purse.failed();
    if purse.draw(false) {
        Ok(pause)
    } else {
        Err(state.halt(StopReason::Budget))
    }
}
