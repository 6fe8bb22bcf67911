//! The parts of a policy, as the runners and the attribute use them.

use core::time::Duration;

use crate::call::callbacks::Hooks;
use crate::call::error::StopReason;
use crate::call::name::CallName;
use crate::call::outcome::{Health, Verdict};
use crate::call::state::RetryState;
use crate::engine::cases::Cases;
use crate::engine::decide::Decide;
use crate::guard::Guard;
use crate::policy::schedule::Schedule;
use crate::stop::{Enabled, Stop};
use crate::wait::Wait;
use crate::when::Predicate;

/// The parts of a [`RetryPolicy`](crate::RetryPolicy).
///
/// A policy dereferences to its parts for the methods that run async calls. A policy whose `stop` aborts
/// attempts has such methods of its own, which method resolution finds first.
#[derive(Clone, Copy)]
pub struct Parts<S, W, P, C, H, Z, G> {
    pub(crate) name: &'static str,
    pub(crate) stop: S,
    pub(crate) wait: W,
    pub(crate) when: P,
    pub(crate) cases: C,
    pub(crate) hooks: H,
    pub(crate) sleep: Z,
    pub(crate) guards: G,
    pub(crate) enabled: bool,
    /// Whether a call makes one attempt, whatever its stop is.
    pub(crate) once: bool,
    pub(crate) reset_after: Option<Duration>,
}

impl<S, W, P, C, H, Z, G> Parts<S, W, P, C, H, Z, G> {
    /// Returns the name of a call.
    #[inline(always)]
    pub(crate) fn call_name(&self) -> CallName<'static> {
        CallName::Text(self.name)
    }
}

impl<S: Stop, W, P, C, H, Z, G> Parts<S, W, P, C, H, Z, G> {
    pub(super) fn schedule_of<O>(&self) -> Schedule
    where
        W: Wait<O>,
    {
        let stop = Enabled(self.is_enabled(), &self.stop);
        Schedule::new::<O, _, _>(&stop, &self.wait)
    }

    pub(super) fn resume_of<O>(
        &self,
        attempt: u32,
        elapsed: Duration,
    ) -> Result<Duration, StopReason>
    where
        W: Wait<O>,
    {
        let stop = Enabled(self.is_enabled(), &self.stop);
        let mut state = RetryState::<O>::resumed(self.call_name(), attempt, elapsed);
        state.coming_pause(&stop, &self.wait)
    }
}

/// The interface of a policy for the runners and the attribute.
#[doc(hidden)]
impl<S: Stop, W, P, C, H, Z, G> Parts<S, W, P, C, H, Z, G> {
    /// Returns whether any part needs the elapsed time.
    #[cfg(feature = "std")]
    #[inline]
    pub fn reads_clock<O>(&self) -> bool
    where
        W: Wait<O>,
        C: Cases<O>,
        H: Hooks<O>,
        G: Guard<O>,
    {
        H::READS_CLOCK
            || self.guards.reads_clock()
            || self.reset_after.is_some()
            || self.stop.reads_clock()
            || self.wait.reads_clock()
            || self.cases.reads_clock()
    }

    /// Returns whether anything reads the history of the call.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn reads_history<O>(&self) -> bool
    where
        W: Wait<O>,
        C: Cases<O>,
        H: Hooks<O>,
    {
        H::READS_HISTORY
            || self.reset_after.is_some()
            || self.stop.reads_history()
            || self.wait.reads_history()
            || self.cases.reads_history()
    }

    /// Returns the case that takes the outcome of an attempt, if any, and the verdict.
    #[inline]
    pub fn rule<O>(&self, outcome: &O, attempt: u32) -> (Option<usize>, Verdict)
    where
        P: Predicate<O>,
        C: Cases<O>,
    {
        match self.cases.rule(outcome, attempt) {
            Some((class, verdict)) => (Some(class), verdict),
            None => (None, self.when.verdict_at(outcome, attempt)),
        }
    }

    /// Returns the state of the service that an outcome with this verdict shows.
    #[inline]
    pub fn health<O>(&self, outcome: &O, verdict: Verdict) -> Health
    where
        P: Predicate<O>,
        C: Cases<O>,
    {
        let asked = self.cases.health(outcome, verdict);
        asked.or_if_assumed(verdict, || self.when.health(outcome, verdict))
    }

    /// Returns whether an attempt that ran this long restarts counts and schedule.
    #[inline]
    pub fn resets_after(&self, ran: Duration) -> bool {
        self.reset_after.is_some_and(|long| ran >= long)
    }

    /// Returns the stop, which ends a call.
    #[inline]
    pub fn own_stop(&self) -> &S {
        &self.stop
    }

    /// Returns the wait, which gives the pauses.
    #[inline]
    pub fn own_wait(&self) -> &W {
        &self.wait
    }

    /// Returns the callbacks.
    #[inline]
    pub fn hooks(&self) -> &H {
        &self.hooks
    }

    /// Returns the guards, which keep retries from making an outage worse.
    #[inline]
    pub fn guards(&self) -> &G {
        &self.guards
    }

    /// Returns the sleeper.
    #[inline]
    pub fn sleeper(&self) -> &Z {
        &self.sleep
    }

    /// Returns whether the policy retries at all.
    #[inline]
    pub const fn is_enabled(&self) -> bool {
        self.enabled && !self.once
    }

    /// Returns the pause after a retryable outcome, or the reason why no attempt follows.
    ///
    /// `stop` and `wait` are the policy's own, or those that stand in their place. The `stop` covers whether
    /// the policy [is enabled](Self::is_enabled).
    #[inline(always)]
    pub fn decide<O, T: Stop, V: Wait<O>>(
        &self,
        counters: &mut C::Counters,
        state: &mut RetryState<'_, O>,
        stop: &T,
        wait: &V,
    ) -> Result<Duration, StopReason>
    where
        C: Cases<O>,
    {
        if self.once {
            return Err(state.conclude(None));
        }
        state.set_aside(C::counted(counters));
        match state.class() {
            None => state.decide(stop, wait),
            Some(class) => self.cases.decide(class, counters, state, stop),
        }
    }
}
