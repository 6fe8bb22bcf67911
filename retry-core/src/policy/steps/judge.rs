//! The engine's part of a step: an attempt begins, and its outcome is judged.

use core::time::Duration;

use super::call::{CountersOf, PolicyCall};
use super::end::End;
use super::memory::Memory;
use crate::call::attempt::{Attempt, AttemptDirective};
use crate::call::callbacks::{GiveUp, Hooks};
use crate::call::error::StopReason;
use crate::call::name::CallName;
use crate::call::outcome::Verdict;
use crate::call::report::Report;
use crate::call::state::{EventMask, RetryState};
use crate::engine::decide::{Decide, apart};
use crate::engine::machine::History;
use crate::guard::CallGuard;
use crate::policy::Policy;
use crate::stop::Enabled;
use crate::telemetry::process;

/// The end of an attempt, as far as the outcome does not show it: of an opening of a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ending {
    /// A hint that is not the failure's. It says nothing about the service, and the guards do not see it.
    pub(crate) floor: Option<Duration>,
    /// The last part of it, for which the stream gave no sign of life, if that is why it was cut.
    pub(crate) silence: Duration,
}

impl<'p, P, O, G, R> PolicyCall<'p, P, O, CountersOf<P, O>, G, R>
where
    P: Policy<O> + ?Sized,
    G: CallGuard<O>,
    R: Memory,
{
    /// Returns a handle for the attempt that has begun.
    pub(crate) fn handle(&self) -> Attempt {
        let ends = self.watch.ends();
        Attempt::new(self.call.attempt(), self.memory.stopwatch(), ends)
    }

    /// Begins an attempt of the call of this `name`.
    #[inline]
    pub(crate) fn begin(&mut self, name: CallName<'_>) {
        self.wake();
        self.watch.spend();
        self.call.begin_named(name);
        if self.policy.parts().reset_after.is_some() {
            let elapsed = self.elapsed();
            self.memory.history_mut().began(elapsed);
        }
        if <P::Hooks as Hooks<O>>::ACTIVE {
            let hooks = &self.policy.parts().hooks;
            hooks.before(&self.state(name, self.elapsed(), None));
        }
    }

    /// Returns the time to sleep before the next attempt, [`to_sleep`](RetryState::to_sleep), or the end of
    /// the call.
    ///
    /// A call that is halted ends for that reason. The outcome has `failed` or not, which its type need not tell.
    // Always: a runner calls it in one place, and without hooks most of it falls away.
    #[inline(always)]
    pub(crate) fn judge(
        &mut self,
        name: CallName<'_>,
        outcome: &O,
        failed: bool,
        mark: AttemptDirective,
        halted: Option<StopReason>,
    ) -> Result<Option<Duration>, End> {
        if let Some(reason) = halted {
            return Err(End::GaveUp(self.halt(name, outcome, reason)));
        }
        let ruled = self.rule(outcome);
        self.judge_ruled(name, outcome, failed, mark, ruled, Ending::default())
    }

    /// Returns the case that takes an outcome, if any, and the verdict.
    #[inline(always)]
    pub(crate) fn rule(&self, outcome: &O) -> (Option<usize>, Verdict) {
        self.policy.parts().rule(outcome, self.call.attempt())
    }

    /// Judges as [`judge`](Self::judge) does, by the result of [`rule`](Self::rule).
    #[inline(always)]
    pub(crate) fn judge_ruled(
        &mut self,
        name: CallName<'_>,
        outcome: &O,
        failed: bool,
        mark: AttemptDirective,
        (class, own): (Option<usize>, Verdict),
        ending: Ending,
    ) -> Result<Option<Duration>, End> {
        let parts = self.policy.parts();
        let verdict = mark.apply_to(own);
        // A body that gives up is no evidence about the service.
        let health = || parts.health(outcome, own.or(verdict));
        self.watch.judged(outcome, verdict, health, failed);
        let finality = if verdict.is_retry() {
            None
        } else {
            Some(mark.final_reason_if(failed))
        };
        if let (Some(reason), false) = (finality, <P::Hooks as Hooks<O>>::ACTIVE) {
            process::ended::<O>(name, self.call.attempt(), EventMask::NOTHING, reason);
            return Err(End::Final(reason));
        }
        let elapsed = self.elapsed();
        let held = || self.held(elapsed, ending.silence);
        if finality.is_none() && (mark.reset() || held()) {
            let before = self.call.attempt().saturating_sub(1);
            self.memory.history_mut().restart(before);
            self.counters = Default::default();
        }
        let mut state = self.state(name, elapsed, Some(outcome));
        let floor = |floor| verdict.and(Verdict::RetryAfter(floor));
        state.judge(ending.floor.map_or(verdict, floor));
        state.handled(<P::Hooks as Hooks<O>>::HANDLES);
        state.classify(class);
        parts.hooks.after(&state);
        if let Some(reason) = finality {
            state.finish(reason);
            self.end(&state);
            return Err(End::Final(reason));
        }
        let stop = Enabled(parts.is_enabled() && !self.is_once(), &parts.stop);
        let decision = parts.decide(&mut self.counters, &mut state, &stop, &parts.wait);
        match self.watch.allow(&mut state, decision) {
            Ok(_) => {
                parts.hooks.before_sleep(&state);
                if R::REPORTS || parts.reads_history::<O>() {
                    self.memory.history_mut().paused(&state.progress);
                }
                let (pause, to_sleep) = (state.pause(), state.to_sleep());
                self.fall_asleep(pause.unwrap_or_default());
                Ok(self.watch.fit(to_sleep))
            }
            Err(reason) => {
                apart();
                self.end(&state);
                Err(End::GaveUp(reason))
            }
        }
    }

    /// Ends the call without a judgement.
    #[cold]
    fn halt(&mut self, name: CallName<'_>, outcome: &O, reason: StopReason) -> StopReason {
        self.wake();
        self.watch.halted();
        let elapsed = self.elapsed();
        let mut state = self.state(name, elapsed, Some(outcome));
        // A call gives up only on an outcome that it would have retried.
        state.judge(Verdict::Retry);
        state.handled(<P::Hooks as Hooks<O>>::HANDLES);
        state.halt(reason);
        self.end(&state);
        reason
    }

    /// Announces a wait for a breaker: the call is asleep, but its pauses have not begun.
    pub(crate) fn wait(&mut self) {
        self.wake();
        self.fall_asleep(Duration::ZERO);
    }

    /// Announces a pause to the callbacks.
    #[inline]
    pub(crate) fn fall_asleep(&mut self, pause: Duration) {
        self.policy.parts().hooks.fell_asleep(pause);
        self.asleep = <P::Hooks as Hooks<O>>::ACTIVE;
    }

    /// Ends the pause, for whatever reason.
    #[inline]
    pub(crate) fn wake(&mut self) {
        if core::mem::take(&mut self.asleep) {
            self.policy.parts().hooks.woke();
        }
    }

    pub(super) fn end(&self, state: &RetryState<'_, O>) {
        let hooks = &self.policy.parts().hooks;
        match state.reason() {
            None => hooks.on_success(state),
            Some(_) => hooks.on_failure(state),
        }
    }

    /// Returns whether the attempt that just ended held for as long as restarts counts and schedule.
    ///
    /// One that a limit cut did not hold, unless it was alive before a last `silence`.
    #[inline(always)]
    pub(super) fn held(&self, elapsed: Duration, silence: Duration) -> bool {
        let cut_alive = silence.is_zero() && self.watch.was_cut();
        let ran = self.ran(elapsed).saturating_sub(silence);
        !cut_alive && self.policy.parts().resets_after(ran)
    }

    /// Returns how long the attempt took that just ended, `elapsed` after the start of the call.
    #[inline(always)]
    fn ran(&self, elapsed: Duration) -> Duration {
        let began = self.memory.history().map(History::attempt_began);
        elapsed.saturating_sub(began.unwrap_or_default())
    }

    /// Returns the outcome of the call, with the fallback applied.
    #[inline(always)]
    pub(crate) fn outcome(&self, outcome: O, end: End) -> O {
        match end {
            End::GaveUp(reason) if <P::Hooks as Hooks<O>>::FALLS_BACK => {
                let (attempts, elapsed) = (self.call.attempt(), self.elapsed());
                let give_up = GiveUp::new(outcome, attempts, elapsed, reason);
                let parts = self.policy.parts();
                let fails = |outcome: &O| parts.rule(outcome, attempts).1.is_retry();
                parts.hooks.fall_back(give_up, &fails).outcome
            }
            End::GaveUp(_) | End::Final(_) => outcome,
        }
    }

    /// Returns the report of the call, with the fallback applied.
    pub(crate) fn report(&self, outcome: O, end: End) -> Report<O> {
        let (attempts, elapsed) = (self.call.attempt(), self.elapsed());
        Report {
            outcome: self.outcome(outcome, end),
            attempts,
            elapsed,
            idle: self
                .state(CallName::Text(""), Duration::ZERO, None)
                .idle_for(),
            reason: end.reason(),
        }
    }
}
