//! The engine: a state machine that counts attempts and decides what follows each of them.
//!
//! It neither sleeps nor reads a clock. Every front of the crate drives it the same way:
//!
//! ```text
//! begin → (attempt) → state → judge → decide ─┬→ a pause: paused, sleep, begin …
//!                                             └→ a reason to stop
//! ```

use core::time::Duration;

use crate::call::error::StopReason;
use crate::call::outcome::Verdict;
use crate::call::random::RandomSource;
use crate::call::state::{EventMask, Progress, RetryState};
use crate::stop::Stop;
use crate::switch;
use crate::telemetry::process;
use crate::test_hooks;
use crate::wait::Wait;

/// One call in progress: the count of its attempts, and what else its policy wants remembered.
///
/// `M` is `()` where only the count is needed, as for most annotated functions, so that the call
/// takes no more room in a future than a hand-written counter; or a [`FullHistory`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Call<M = ()> {
    attempt: u32,
    history: M,
}

/// What a call remembers between attempts besides their number.
pub trait History {
    /// Writes what is remembered into a fresh snapshot.
    fn apply(&self, progress: &mut Progress<'_>);
    /// Takes note of a pause that begins.
    fn paused(&mut self, progress: &Progress<'_>);
    /// When the attempt in flight began, counted from the start of the call.
    fn attempt_began(&self) -> Duration;
    /// Takes note of when an attempt begins.
    fn began(&mut self, elapsed: Duration);
    /// Forgets the attempts made so far.
    fn restart(&mut self, base: u32);
}

impl History for () {
    #[inline(always)]
    fn apply(&self, _: &mut Progress<'_>) {}

    #[inline(always)]
    fn paused(&mut self, _: &Progress<'_>) {}

    #[inline(always)]
    fn attempt_began(&self) -> Duration {
        Duration::ZERO
    }

    #[inline(always)]
    fn began(&mut self, _: Duration) {}

    #[inline(always)]
    fn restart(&mut self, _: u32) {}
}

/// The memory of a call whose strategies, callbacks or statistics ask for more than the count.
#[derive(Clone, Copy, Debug, Default)]
pub struct FullHistory {
    base: u32,
    idle: Duration,
    previous: Duration,
    began: Duration,
}

impl History for FullHistory {
    #[inline]
    fn apply(&self, progress: &mut Progress<'_>) {
        progress.base = self.base;
        progress.idle = self.idle;
        progress.previous = self.previous;
    }

    #[inline]
    fn paused(&mut self, progress: &Progress<'_>) {
        let pause = progress.pause.unwrap_or_default();
        self.idle = self.idle.saturating_add(pause);
        self.began = progress.elapsed.saturating_add(pause);
        // A pause that the failure asked for says nothing about the schedule.
        if let Some(computed) = progress.computed {
            self.previous = computed;
        }
    }

    #[inline]
    fn attempt_began(&self) -> Duration {
        self.began
    }

    #[inline]
    fn began(&mut self, elapsed: Duration) {
        self.began = elapsed;
    }

    #[inline]
    fn restart(&mut self, base: u32) {
        self.base = base;
        self.previous = Duration::ZERO;
    }
}

impl<M: History + Default> Call<M> {
    /// A call before its first attempt.
    #[inline(always)]
    pub fn new() -> Self {
        Call {
            attempt: 0,
            history: M::default(),
        }
    }
}

impl<M: History> Call<M> {
    /// The next attempt of the function with this name starts.
    #[inline(always)]
    pub fn begin(&mut self, name: &str) {
        self.attempt = self.attempt.saturating_add(1);
        test_hooks::began(name, self.attempt);
    }

    /// The attempt begins `elapsed` after the start of the call: a pause can take longer than asked.
    ///
    /// Untold, it is taken to begin when its pause should end.
    #[inline(always)]
    pub fn began(&mut self, elapsed: Duration) {
        self.history.began(elapsed);
    }

    /// The number of attempts begun.
    #[inline(always)]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// A snapshot for callbacks and strategies.
    #[inline(always)]
    pub fn state<'a, O: ?Sized>(
        &self,
        name: &'a str,
        elapsed: Duration,
        outcome: Option<&'a O>,
    ) -> RetryState<'a, O> {
        let mut progress = Progress::new(name, self.attempt, elapsed);
        self.history.apply(&mut progress);
        RetryState { progress, outcome }
    }

    /// Counts and schedule start anew: the attempt that just ended is the first again.
    #[inline]
    pub fn restart(&mut self) {
        self.history.restart(self.attempt.saturating_sub(1));
    }

    /// How long the attempt ran that just ended, `elapsed` after the start of the call.
    #[inline]
    pub fn ran(&self, elapsed: Duration) -> Duration {
        elapsed.saturating_sub(self.history.attempt_began())
    }

    /// The pause that was decided is about to be slept.
    #[inline(always)]
    pub fn paused<O: ?Sized>(&mut self, state: &RetryState<'_, O>) {
        self.history.paused(&state.progress);
    }
}

impl<O: ?Sized> RetryState<'_, O> {
    /// Takes note of what is wanted after the outcome.
    #[inline(always)]
    pub fn judge(&mut self, verdict: Verdict) {
        self.progress.verdict = Some(verdict);
    }

    /// Takes note of the case that took the outcome.
    #[inline(always)]
    pub fn classify(&mut self, class: Option<usize>) {
        self.progress.class = class;
    }

    /// Takes note of what callbacks of the function hear of.
    #[inline(always)]
    pub fn handled(&mut self, handled: EventMask) {
        self.progress.handled = self.progress.handled.or(handled);
    }

    /// Takes note of the attempts that cases with a stop of their own have counted.
    #[inline(always)]
    pub fn set_aside(&mut self, attempts: u32) {
        self.progress.aside = attempts;
    }

    /// The outcome is final; a success has no reason.
    #[inline(always)]
    pub fn finish(&mut self, reason: Option<StopReason>) {
        self.progress.reason = reason;
    }

    /// The call ends for this reason, whatever was decided.
    #[cfg(feature = "std")]
    pub fn halt(&mut self, reason: StopReason) -> StopReason {
        // What was decided is refused; else there was no attempt to decide on.
        self.progress.halted = self.progress.pause.take().is_none();
        self.gave_up(reason);
        reason
    }

    #[inline(always)]
    fn gave_up(&mut self, reason: StopReason) {
        self.progress.reason = Some(reason);
        test_hooks::gave_up(self.progress.name, self.progress.attempt, reason);
        process::gave_up(&self.progress, reason);
    }

    /// After a retryable outcome: computes the pause, and asks `stop`, which knows the pause where it
    /// looks at it.
    ///
    /// A hint is a floor under the computed pause, or replaces it where it is literal; one that is longer
    /// than the wait allows ends the call. No hint outranks `stop`.
    #[inline(always)]
    pub fn decide<S, W>(&mut self, stop: &S, wait: &W) -> Result<Duration, StopReason>
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

    /// The pause alone, or why there is none: for tables and queues, whose calls nobody makes.
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
        // Nothing is drawn for a call that ends whatever the pause.
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

    /// What an async call sleeps before the next attempt; `None` if it yields to its runtime instead:
    /// the pause is zero, and so may be every other, which must not keep the runtime's thread.
    #[inline(always)]
    pub fn to_sleep(&self) -> Option<Duration> {
        test_hooks::paused(
            self.progress.name,
            self.progress.attempt,
            self.progress.pause,
        );
        process::retried(&self.progress);
        self.progress.pause.filter(|_| !self.progress.spins)
    }

    /// Whether the failure asks for exactly its pause.
    #[inline(always)]
    fn is_literal(&self) -> bool {
        self.progress.verdict.is_some_and(Verdict::is_literal)
    }
}

/// `asked + U(0, min(asked / 10, 1 s))`: never earlier, and not all callers on one tick.
#[cold]
#[inline(never)]
fn a_little_after(asked: Duration, random: RandomSource) -> Duration {
    let slack = (asked / 10).min(Duration::from_secs(1));
    asked.saturating_add(random.between(Duration::ZERO, slack))
}
