//! Steps of the generated loop.

use core::marker::PhantomData;
use core::time::Duration;

use super::outcome_type::OutcomeType;
use crate::call::callbacks::{Ending, GiveUp, Hooks};
use crate::call::error::StopReason;
use crate::call::outcome::{Outcome, Verdict};
use crate::call::state::EventMask;
use crate::engine::decide::Decide;
use crate::engine::machine::{Call, History};
use crate::policy::{PartsOf, Policy};
use crate::stop::Stop;
use crate::wait::Wait;

/// Gives a block its type, in a branch that is never taken.
pub fn infer_output<R>() -> R {
    unreachable!("a branch that is never taken")
}

/// Consumes an argument, in a branch that is never taken.
pub fn consume<T>(_: T) -> ! {
    unreachable!("a branch that is never taken")
}

/// Begins the first attempt of a call.
#[inline(always)]
pub fn start<M: History + Default>(name: &str) -> Call<M> {
    let mut call = Call::new();
    call.begin(name);
    call
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

/// Returns whether a wait reads the elapsed time.
#[inline(always)]
pub fn wait_reads_clock<R, W: Wait<R>>(_: OutcomeType<R>, wait: &W) -> bool {
    wait.reads_clock()
}

/// Returns the pause after a retryable outcome, or the reason to stop, if nothing reads the call's state.
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

/// Returns the reason of a call that ends with a final outcome.
#[inline(always)]
pub fn final_reason(failed: bool) -> Option<StopReason> {
    failed.then_some(StopReason::Final)
}

/// Returns the outcome that ends the call, by the value of a callback that was written in place.
#[inline(always)]
pub fn ending<R, T: Ending<R>>(_: OutcomeType<R>, returned: T) -> Option<R> {
    returned.ending()
}

/// Returns the call that gave up, for a fallback.
#[inline]
pub fn give_up<R>(outcome: R, attempts: u32, elapsed: Duration, reason: StopReason) -> GiveUp<R> {
    GiveUp::new(outcome, attempts, elapsed, reason)
}

/// Calls the fallback; its bound types a closure.
#[inline(always)]
pub fn fall_back<R, F: FnOnce(GiveUp<R>) -> R>(give_up: GiveUp<R>, fallback: F) -> R {
    fallback(give_up)
}

/// Returns the parts of a policy.
#[inline(always)]
pub fn parts<R, P: Policy<R>>(_: OutcomeType<R>, policy: &P) -> &PartsOf<P, R> {
    policy.parts()
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
