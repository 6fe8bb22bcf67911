//! The decision after an attempt: a pause, or a reason to stop.

use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::name::PathOf;
use crate::call::outcome::Verdict;
use crate::call::random::RandomSource;
use crate::call::state::{EventMask, Progress, RetryState};
use crate::engine::machine::{Call, History};
use crate::stop::Stop;
use crate::switch;
use crate::telemetry::process;
use crate::test_hooks;
use crate::wait::Wait;

/// The engine's interface to a [`RetryState`]: its records there, and its decision. A trait, so that users of
/// the state do not see it.
pub trait Decide {
    /// The outcome of the call.
    type Outcome: ?Sized;

    /// Records the verdict on the outcome.
    fn judge(&mut self, verdict: Verdict);

    /// Records the case that took the outcome.
    fn classify(&mut self, class: Option<usize>);

    /// Records the events that callbacks of the function report.
    fn handled(&mut self, handled: EventMask);

    /// Records the attempts that cases with a stop of their own have counted.
    fn set_aside(&mut self, attempts: u32);

    /// Records a final outcome; a success has no reason.
    fn finish(&mut self, reason: Option<StopReason>);

    /// Ends the call for this reason, whatever the decision was.
    #[cfg(feature = "std")]
    fn halt(&mut self, reason: StopReason) -> StopReason;

    /// Ends a call that makes one attempt: for the reason that it was `halted`, or because that attempt was made.
    fn conclude(&mut self, halted: Option<StopReason>) -> StopReason;

    /// Decides after a retryable outcome: computes the pause, and asks `stop`, which sees the pause if it
    /// reads it.
    ///
    /// A hint is a floor under the computed pause, or replaces it if it is literal. A hint that is longer
    /// than the wait allows ends the call. No hint outranks `stop`.
    fn decide<S, W>(&mut self, stop: &S, wait: &W) -> Result<Duration, StopReason>
    where
        S: Stop + ?Sized,
        W: Wait<Self::Outcome> + ?Sized;

    /// Returns the pause of an async call before the next attempt, or `None` for a yield to its runtime.
    ///
    /// The call yields if the pause is zero and every other may be too, since it must not keep the runtime's
    /// thread.
    fn to_sleep(&self) -> Option<Duration>;
}

impl<O: ?Sized> Decide for RetryState<'_, O> {
    type Outcome = O;

    #[inline(always)]
    fn judge(&mut self, verdict: Verdict) {
        self.progress.verdict = Some(verdict);
    }

    #[inline(always)]
    fn classify(&mut self, class: Option<usize>) {
        self.progress.class = class;
    }

    #[inline(always)]
    fn handled(&mut self, handled: EventMask) {
        self.progress.handled = self.progress.handled.or(handled);
    }

    #[inline(always)]
    fn set_aside(&mut self, attempts: u32) {
        self.progress.aside = attempts;
    }

    #[inline(always)]
    fn finish(&mut self, reason: Option<StopReason>) {
        self.progress.reason = reason;
        let Progress {
            name,
            attempt,
            handled,
            ..
        } = self.progress;
        process::ended::<O>(name, attempt, handled, reason);
    }

    #[cfg(feature = "std")]
    fn halt(&mut self, reason: StopReason) -> StopReason {
        // A decided pause is refused; without one, no attempt was judged.
        self.progress.halted = self.progress.pause.take().is_none();
        self.gave_up(reason);
        reason
    }

    #[inline(always)]
    fn conclude(&mut self, halted: Option<StopReason>) -> StopReason {
        self.progress.halted = halted.is_some();
        let reason = halted.unwrap_or(StopReason::Attempts);
        self.gave_up(reason);
        reason
    }

    #[inline(always)]
    fn decide<S, W>(&mut self, stop: &S, wait: &W) -> Result<Duration, StopReason>
    where
        S: Stop + ?Sized,
        W: Wait<O> + ?Sized,
    {
        let decision = self.coming_pause(stop, wait);
        match decision {
            Ok(pause) => {
                self.progress.pause = Some(pause);
                let lasting = !self.is_literal() && wait.lasts() && !test_hooks::skips_pauses();
                self.progress.spins = pause.is_zero() && !lasting;
            }
            Err(reason) => self.gave_up(reason),
        }
        decision
    }

    #[inline(always)]
    fn to_sleep(&self) -> Option<Duration> {
        let progress = &self.progress;
        test_hooks::paused(progress.name, progress.attempt, progress.pause);
        process::retried::<O>(progress);
        progress.pause.filter(|_| !progress.spins)
    }
}

impl<O: ?Sized> RetryState<'_, O> {
    /// Computes the pause alone, or the reason to stop, for tables and queues, which make no calls.
    #[inline(always)]
    pub(crate) fn coming_pause<S, W>(&mut self, stop: &S, wait: &W) -> Result<Duration, StopReason>
    where
        S: Stop + ?Sized,
        W: Wait<O> + ?Sized,
    {
        let (hint, longest) = (self.hint(), wait.hint_max());
        if hint.is_some_and(|asked| asked > longest) {
            return Err(StopReason::Hint);
        }
        let mut counted = self.counting(self.progress.attempt - self.progress.base);
        if test_hooks::is_spent(self.progress.attempt) {
            return Err(StopReason::Attempts);
        }
        // A call that ends regardless of the pause draws no random number.
        if !stop.reads_pause() {
            stop.stop(&counted).map_or(Ok(()), Err)?;
        }
        if !switch::is_enabled() {
            return Err(StopReason::Attempts);
        }
        let pause = match hint {
            _ if test_hooks::skips_pauses() => Duration::ZERO,
            Some(asked) if self.is_literal() => asked,
            floor => {
                let computed = wait.pause_within(&counted, longest);
                let computed = computed.ok_or(StopReason::Hint)?;
                self.progress.computed = Some(computed);
                floor.map_or(computed, |asked| {
                    computed.max(a_little_after(asked, self.progress.random))
                })
            }
        };
        if stop.reads_pause() {
            counted.progress.pause = Some(pause);
            stop.stop(&counted).map_or(Ok(()), Err)?;
        }
        Ok(pause)
    }

    #[inline(always)]
    fn gave_up(&mut self, reason: StopReason) {
        self.progress.reason = Some(reason);
        test_hooks::gave_up(self.progress.name, self.progress.attempt, reason);
        process::gave_up::<O>(&self.progress, reason);
    }

    /// Returns whether the failure asks for exactly its pause.
    #[inline(always)]
    fn is_literal(&self) -> bool {
        self.progress.verdict.is_some_and(Verdict::is_literal)
    }
}

/// Computes `asked + U(0, min(asked / 10, 1 s))`: never earlier, and spread over callers.
#[cold]
#[inline(never)]
fn a_little_after(asked: Duration, random: RandomSource) -> Duration {
    let slack = (asked / 10).min(Duration::from_secs(1));
    asked.saturating_add(random.between(Duration::ZERO, slack))
}

impl<M: History, K: PathOf> Call<M, K> {
    /// Reports the end of a call with a final outcome, whose state nothing else reads; a success has no reason.
    #[inline(always)]
    pub fn ended<O>(&self, path: &str, _outcome: &O, reason: Option<StopReason>) {
        process::ended::<O>(K::name(path), self.attempt(), EventMask::NOTHING, reason);
    }
}

impl<K: PathOf> Call<(), K> {
    /// Returns the pause after a retryable outcome, or the reason to stop, if nothing reads the call's state.
    #[inline(always)]
    pub fn decide<O, S: Stop, W: Wait<O>>(
        &self,
        path: &str,
        elapsed: Duration,
        outcome: &O,
        verdict: Verdict,
        stop: &S,
        wait: &W,
    ) -> Result<Option<Duration>, StopReason> {
        let mut state = self.state(path, elapsed, Some(outcome));
        state.judge(verdict);
        state.decide(stop, wait)?;
        Ok(state.to_sleep())
    }

    /// Returns the same for a blocking call, which has nothing to yield to.
    #[inline(always)]
    pub fn decide_blocking<O, S: Stop, W: Wait<O>>(
        &self,
        path: &str,
        elapsed: Duration,
        outcome: &O,
        verdict: Verdict,
        stop: &S,
        wait: &W,
    ) -> Result<Duration, StopReason> {
        match self.decide(path, elapsed, outcome, verdict, stop, wait) {
            Ok(pause) => Ok(pause.unwrap_or_default()),
            Err(reason) => {
                apart();
                Err(reason)
            }
        }
    }
}

/// Keeps the code around it apart from other ends of a loop.
///
/// The compiler unrolls a loop of few attempts only if its ends are apart, and an unrolled one saves fewer
/// registers on the path of success.
#[cold]
#[inline(never)]
pub(crate) fn apart() {}
