//! A policy at work: what it answers without a run, and what the runners ask of it.

use core::time::Duration;

use super::RetryPolicy;
use crate::call::callbacks::Hooks;
use crate::call::error::StopReason;
use crate::call::outcome::{Health, Verdict};
use crate::call::state::RetryState;
use crate::engine::cases::{Cases, CheckedCases};
use crate::engine::decide::Decide;
use crate::guard::{CheckedGuards, Guard};
use crate::invalid::InvalidValue;
use crate::policy::schedule::Schedule;
use crate::stop::{Enabled, Stop};
use crate::wait::Wait;
use crate::when::Predicate;

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// The policy itself, if none of its values can only be a mistake.
    ///
    /// # Errors
    ///
    /// The first such value. Unchecked, it is normalised by the rule that [`InvalidValue`] states.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{InvalidValue, RetryPolicy, wait};
    ///
    /// let second = Duration::from_secs(1);
    /// let reversed = RetryPolicy::new().wait(wait::random(3 * second..second));
    /// assert_eq!(reversed.checked().unwrap_err(), InvalidValue::ReversedRange);
    /// ```
    pub fn checked(self) -> Result<Self, InvalidValue>
    where
        S: Stop,
        W: Wait<()>,
        C: CheckedCases,
        G: CheckedGuards,
    {
        self.stop.check()?;
        self.wait.check()?;
        self.cases.check()?;
        self.guards.check()?;
        Ok(self)
    }

    /// The pauses of a call whose every attempt fails at once, as a table.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, stop, wait};
    ///
    /// let policy = RetryPolicy::new()
    ///     .stop(stop::after_attempt(4))
    ///     .wait(wait::exponential(Duration::from_secs(1)).full_jitter());
    /// println!("{}", policy.schedule());
    /// ```
    pub fn schedule(&self) -> Schedule
    where
        S: Stop,
        W: Wait<()>,
    {
        self.schedule_of::<()>()
    }

    /// For queues that re-schedule a failed job instead of sleeping: the pause after `attempt`
    /// attempts and `elapsed` since the first.
    ///
    /// # Errors
    ///
    /// The reason why there is no further attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{RetryPolicy, StopReason, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(5)));
    /// assert_eq!(policy.resume(2, Duration::ZERO), Ok(Duration::from_secs(5)));
    /// assert_eq!(policy.resume(3, Duration::ZERO), Err(StopReason::Attempts));
    /// ```
    pub fn resume(&self, attempt: u32, elapsed: Duration) -> Result<Duration, StopReason>
    where
        S: Stop,
        W: Wait<()>,
    {
        self.resume_of::<()>(attempt, elapsed)
    }

    pub(super) fn schedule_of<O>(&self) -> Schedule
    where
        S: Stop,
        W: Wait<O>,
    {
        let stop = Enabled(self.enabled, &self.stop);
        Schedule::new::<O, _, _>(&stop, &self.wait)
    }

    pub(super) fn resume_of<O>(
        &self,
        attempt: u32,
        elapsed: Duration,
    ) -> Result<Duration, StopReason>
    where
        S: Stop,
        W: Wait<O>,
    {
        let stop = Enabled(self.enabled, &self.stop);
        RetryState::<O>::resumed(self.name, attempt, elapsed).coming_pause(&stop, &self.wait)
    }
}

/// What the runners and the attribute ask of a policy at work.
#[doc(hidden)]
impl<S: Stop, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Whether anything in it asks for the elapsed time.
    #[cfg(feature = "std")]
    #[inline]
    pub fn reads_clock<O>(&self) -> bool
    where
        W: Wait<O>,
        C: Cases<O>,
        H: Hooks<O>,
        G: Guard<O>,
    {
        H::ACTIVE
            || self.guards.reads_clock()
            || self.reset_after.is_some()
            || self.stop.reads_clock()
            || self.wait.reads_clock()
            || self.cases.reads_clock()
    }

    /// The case that takes the outcome of an attempt, if any, and the verdict.
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

    /// The state of the service that an outcome with this verdict shows.
    #[inline]
    pub fn health<O>(&self, outcome: &O, verdict: Verdict) -> Health
    where
        P: Predicate<O>,
        C: Cases<O>,
    {
        let asked = self.cases.health(outcome, verdict);
        asked.or_if_assumed(verdict, || self.when.health(outcome, verdict))
    }

    /// Whether an attempt that ran this long starts counts and schedule anew.
    #[inline]
    pub fn resets_after(&self, ran: Duration) -> bool {
        self.reset_after.is_some_and(|long| ran >= long)
    }

    /// When it ends a call.
    #[inline]
    pub fn own_stop(&self) -> &S {
        &self.stop
    }

    /// How long it pauses.
    #[inline]
    pub fn own_wait(&self) -> &W {
        &self.wait
    }

    /// The callbacks.
    #[inline]
    pub fn hooks(&self) -> &H {
        &self.hooks
    }

    /// What keeps retries from making things worse.
    #[inline]
    pub fn guards(&self) -> &G {
        &self.guards
    }

    /// What it pauses with.
    #[inline]
    pub fn sleeper(&self) -> &Z {
        &self.sleep
    }

    /// Whether it makes retries at all.
    #[inline]
    pub const fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// The pause after a retryable outcome, or why there is none; `stop` and `wait` are its own, or
    /// what stands in their place. Whether it [is enabled](Self::is_enabled) is in the `stop`.
    #[inline]
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
        state.set_aside(C::counted(counters));
        match state.class() {
            None => state.decide(stop, wait),
            Some(class) => self.cases.decide(class, counters, state, stop),
        }
    }
}
