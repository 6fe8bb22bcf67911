//! Steps of the generated loop.

use core::marker::PhantomData;
use core::time::Duration;

use super::outcome_type::OutcomeType;
use crate::call::callbacks::{Ending, GiveUp, Hooks};
use crate::call::outcome::{Outcome, Verdict};
use crate::call::state::EventMask;
use crate::policy::{PartsOf, Policy};
use crate::wait::Wait;

/// Gives a block its type, in a branch that is never taken.
pub fn infer_output<R>() -> R {
    unreachable!("a branch that is never taken")
}

/// Consumes an argument, in a branch that is never taken.
pub fn consume<T>(_: T) -> ! {
    unreachable!("a branch that is never taken")
}

/// Returns the outcome before an attempt.
#[inline(always)]
pub fn no_outcome<'a, R>(_: OutcomeType<R>) -> Option<&'a R> {
    None
}

/// Retries a failure: the verdict if no key judges.
#[inline(always)]
pub fn any_failure<R: Outcome>(outcome: &R) -> Verdict {
    Verdict::retry_if(outcome.error().is_some())
}

/// Adds the outcome's type to methods of generic traits that do not show it.
macro_rules! typed {
    ($($trait:ident {
        $($ask:ident($it:ty $(, $argument:ident: $of:ty)?) $(-> $answer:ty)?;)+
    })+) => {$($(
        #[inline(always)]
        pub fn $ask<R, W: $trait<R>>(_: OutcomeType<R>, it: $it $(, $argument: $of)?) $(-> $answer)? {
            W::$ask(it $(, $argument)?)
        }
    )+)+};
}
#[cfg(feature = "std")]
pub(super) use typed;

typed! {
    Wait { reads_clock(&W) -> bool; }
    Policy { parts(&W) -> &PartsOf<W, R>; }
}

/// Returns the outcome that ends the call, by the value of a callback that was written in place.
#[inline(always)]
pub fn ending<R, T: Ending<R>>(_: OutcomeType<R>, returned: T) -> Option<R> {
    returned.ending()
}

/// Calls the fallback; its bound types a closure.
#[inline(always)]
pub fn fall_back<R, F: FnOnce(GiveUp<R>) -> R>(give_up: GiveUp<R>, fallback: F) -> R {
    fallback(give_up)
}

/// Returns the events that the callbacks of a policy handle.
#[inline(always)]
pub fn handles<R, H: Hooks<R>>(_: OutcomeType<R>, _: &H) -> EventMask {
    H::HANDLES
}

/// Returns whether a policy has a fallback.
#[inline(always)]
pub fn has_fallback<R, H: Hooks<R>>(_: OutcomeType<R>, _: &H) -> bool {
    H::FALLS_BACK
}

/// A pause that is announced to the callbacks of a policy, until it is dropped.
pub struct PauseGuard<'p, R, P: Policy<R> + ?Sized>(&'p P, PhantomData<fn(&R)>);

/// Announces to the callbacks of a policy that a pause begins.
#[inline(always)]
pub fn notify_pause<R, P: Policy<R>>(
    _: OutcomeType<R>,
    policy: &P,
    pause: Duration,
) -> PauseGuard<'_, R, P> {
    policy.parts().hooks().fell_asleep(pause);
    PauseGuard(policy, PhantomData)
}

impl<R, P: Policy<R> + ?Sized> Drop for PauseGuard<'_, R, P> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.parts().hooks().woke();
    }
}
