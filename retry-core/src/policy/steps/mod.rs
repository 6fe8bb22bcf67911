//! The steps of a call under a policy, by which both runners and the step API drive the engine.

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use crate::call::attempt::{Attempt, AttemptDirective};
use crate::call::callbacks::{GiveUp, Hooks};
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Outcome, Verdict};
use crate::call::report::Report;
use crate::call::state::RetryState;
use crate::cancel::Cancellation;
#[cfg(feature = "async")]
use crate::cancel::Cancelled;
use crate::engine::cases::Counting;
use crate::engine::decide::Decide;
use crate::engine::machine::{Call, FullHistory};
use crate::guard::{Admission, CallGuard, Guard};
use crate::policy::Policy;
use crate::stop::{Enabled, Stop};
#[cfg(feature = "async")]
use crate::telemetry;
use crate::time::stopwatch::Stopwatch;

/// A call whose attempts and pauses the caller makes; see [`Policy::start`].
///
/// `C` holds the counters of the policy's cases, and `G` the guard of the call; both are always the default.
/// As parameters they let the compiler see that the type is `Send` without resolving the policy again.
pub struct Steps<
    'p,
    P: Policy<O> + ?Sized,
    // The owner of a call may take values that its policy holds for `'p`.
    O: 'p,
    C = <<P as Policy<O>>::Cases as Counting>::Counters,
    G = <<P as Policy<O>>::Guards as Guard<O>>::Active<'p>,
> {
    policy: &'p P,
    call: Call<FullHistory>,
    counters: C,
    stopwatch: Stopwatch,
    watch: G,
    begun: bool,
    asleep: bool,
    /// Whether the caller asks the guards before an attempt.
    asks: bool,
    /// The repetition that the attempts allow, whatever the policy prescribes.
    #[cfg(feature = "tower")]
    repeats: Repeats,
    /// The reason why the call ended, for callers that drive it themselves.
    reason: Option<StopReason>,
    outcome: PhantomData<fn(&O)>,
}

/// The repetition that the attempts of a call allow.
#[cfg(feature = "tower")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Repeats {
    /// As the policy prescribes.
    Freely,
    /// By retries, and not by further copies of an attempt in flight.
    OneByOne,
    /// Not at all.
    Never,
}

/// The next step of the caller of [`Steps::next`].
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::{Next, Policy, RetryPolicy, wait};
///
/// let policy = RetryPolicy::new().wait(wait::fixed(Duration::from_secs(1)));
/// let mut call = policy.start();
/// assert_eq!(call.next(&None::<u8>), Next::Sleep(Duration::from_secs(1)));
/// assert_eq!(call.next(&Some(7)), Next::Return);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Next {
    /// Return the outcome: it is final, or the call gave up.
    Return,
    /// Sleep, then make the next attempt.
    Sleep(Duration),
}

impl Next {
    fn after<E>(judged: Result<Option<Duration>, E>) -> Self {
        judged.map_or(Next::Return, |pause| Next::Sleep(pause.unwrap_or_default()))
    }
}

/// The end of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// With a final outcome; a success has no reason.
    Final(Option<StopReason>),
    /// Although the outcome was retryable.
    GaveUp(StopReason),
}

impl End {
    /// Returns the reason; `None` for a success.
    fn reason(self) -> Option<StopReason> {
        match self {
            End::Final(reason) => reason,
            End::GaveUp(reason) => Some(reason),
        }
    }
}

/// The counters of a policy's cases.
type CountersOf<P, O> = <<P as Policy<O>>::Cases as Counting>::Counters;

impl<'p, P: Policy<O> + ?Sized, O: Outcome + 'p> Steps<'p, P, O> {
    /// Creates a call that has not begun.
    #[inline]
    pub(crate) fn new(policy: &'p P) -> Self {
        Steps {
            policy,
            call: Call::new(),
            counters: Default::default(),
            stopwatch: Stopwatch::idle(),
            watch: policy.parts().guards.idle(),
            begun: false,
            asleep: false,
            asks: false,
            #[cfg(feature = "tower")]
            repeats: Repeats::Freely,
            reason: None,
            outcome: PhantomData,
        }
    }
}

impl<'p, P, O, G> Steps<'p, P, O, CountersOf<P, O>, G>
where
    P: Policy<O> + ?Sized,
    O: Outcome,
    G: CallGuard<O>,
{
    /// Begins the call; reads its time where anything needs it.
    #[inline]
    pub(crate) fn start(&mut self, now: fn() -> crate::time::clock::Instant, timed: bool) {
        let timed = timed || self.policy.parts().reads_clock::<O>();
        let stopwatch = Stopwatch::start(now, timed);
        self.stopwatch = stopwatch;
        self.watch.begin(stopwatch);
        self.watch.reserve(self.policy.parts().hooks.reserves());
    }

    /// Begins an attempt and runs the callbacks of `before`.
    ///
    /// The step is optional: [`next`](Steps::next) begins an attempt that was not begun.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Next, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new();
    /// let mut call = policy.start();
    /// let attempt = call.attempt();
    /// attempt.give_up();
    /// assert_eq!(call.next_marked(&Err::<(), _>("refused"), &attempt), Next::Return);
    /// ```
    pub fn attempt(&mut self) -> Attempt {
        self.begin();
        self.handle()
    }

    /// Judges the outcome of the attempt that was just made, and runs the callbacks.
    ///
    /// Start another call after [`Next::Return`]: this one is over.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Next, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new();
    /// let mut call = policy.start();
    /// assert_eq!(call.next(&Some(1)), Next::Return);
    /// ```
    pub fn next(&mut self, outcome: &O) -> Next {
        self.follow(outcome, AttemptDirective::default(), None)
    }

    /// Judges as [`next`](Steps::next) does, with the marks that the body left on its attempt.
    pub fn next_marked(&mut self, outcome: &O, attempt: &Attempt) -> Next {
        self.follow(outcome, attempt.directive(), None)
    }

    fn follow(&mut self, outcome: &O, mark: AttemptDirective, halted: Option<StopReason>) -> Next {
        if !self.asks {
            self.watch.pay_ahead();
        }
        let judged = self.judge(outcome, mark, halted);
        self.reason = judged.err().and_then(End::reason);
        Next::after(judged)
    }

    /// Returns the reason why the call ended with [`Next::Return`]; `None` for a success.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Next, Policy, RetryPolicy, StopReason, stop};
    ///
    /// let policy = RetryPolicy::new().stop(stop::after_attempt(1));
    /// let mut call = policy.start();
    /// assert_eq!(call.next(&Err::<(), _>("refused")), Next::Return);
    /// assert_eq!(call.reason(), Some(StopReason::Attempts));
    /// ```
    pub fn reason(&self) -> Option<StopReason> {
        self.reason
    }

    /// Returns the longest time that the coming attempt may take, and the interrupt that cuts it then.
    ///
    /// It is the attempt timeout or the deadline, the nearer of both; `None` where nothing limits the
    /// attempt.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, Policy, RetryPolicy};
    ///
    /// let limit = Duration::from_secs(2);
    /// let policy = RetryPolicy::new().attempt_timeout(limit);
    /// let call = Policy::<std::io::Result<()>>::start(&policy);
    /// assert_eq!(call.limit(), Some((limit, Interrupt::AttemptTimeout)));
    /// ```
    pub fn limit(&self) -> Option<(Duration, Interrupt)> {
        self.watch.limit()
    }

    /// Judges as [`next`](Steps::next) does, for an attempt that the caller cut at its
    /// [`limit`](Steps::limit), or that was not [admitted](Steps::admit); `outcome` stands for it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Interrupt, Next, Policy, RetryBudget, RetryPolicy};
    ///
    /// static BUDGET: RetryBudget = RetryBudget::tokens(100);
    ///
    /// let policy = RetryPolicy::new().budget(&BUDGET);
    /// let mut call = policy.start();
    /// let next = call.cut(Interrupt::AttemptTimeout, &Err::<(), _>("timed out"));
    /// assert!(matches!(next, Next::Sleep(_)));
    /// assert_eq!(BUDGET.available(), 18); // a retry after a timeout takes 10 tokens, not 5
    /// ```
    pub fn cut(&mut self, interrupt: Interrupt, outcome: &O) -> Next {
        self.watch.interrupted(interrupt);
        self.follow(outcome, AttemptDirective::default(), interrupt.reason())
    }

    /// Asks the guards of the policy, its deadline and its breaker, whether an attempt may be made.
    ///
    /// Call it before each attempt under a policy with a deadline or a breaker; for others it is optional. In
    /// a call without it, a budget of retries in flight pays before the pause.
    ///
    /// # Errors
    ///
    /// The [`Interrupt`] that the call ends with. For a breaker that is to be waited for it is an
    /// [`Interrupt::CircuitOpen`]: sleep for its `retry_after`, and call `admit` again.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::io;
    /// use std::time::Duration;
    /// use persevere::{Interrupt, Policy, RetryPolicy};
    ///
    /// let policy = RetryPolicy::new().deadline(Duration::ZERO);
    /// let mut call = Policy::<io::Result<()>>::start(&policy);
    /// assert_eq!(call.admit(), Err(Interrupt::Deadline));
    /// ```
    pub fn admit(&mut self) -> Result<(), Interrupt> {
        self.asks = true;
        match self.watch.admit() {
            Admission::Go => Ok(()),
            Admission::Halt(interrupt) => Err(interrupt),
            Admission::Wait(pause) => Err(Interrupt::CircuitOpen {
                retry_after: Some(pause),
            }),
        }
    }

    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn policy(&self) -> &'p P {
        self.policy
    }

    /// Returns the number of the attempt that has begun.
    #[cfg(feature = "async")]
    pub(crate) fn number(&self) -> u32 {
        self.call.attempt()
    }

    /// Returns the guard of the call.
    #[inline(always)]
    pub(crate) fn watch(&mut self) -> &mut G {
        &mut self.watch
    }

    /// Limits the repetition of the call's attempts, whatever its policy prescribes.
    #[cfg(feature = "tower")]
    pub(crate) fn limit_repeats(&mut self, repeats: Repeats) {
        self.repeats = repeats;
    }

    /// Returns whether the call makes one attempt, whatever its policy prescribes.
    #[inline]
    pub(crate) fn is_once(&self) -> bool {
        #[cfg(feature = "tower")]
        return matches!(self.repeats, Repeats::Never);
        #[cfg(not(feature = "tower"))]
        false
    }

    /// Returns whether an attempt of the call has no further copies, whatever its policy prescribes.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn is_uncopied(&self) -> bool {
        #[cfg(feature = "tower")]
        return !matches!(self.repeats, Repeats::Freely);
        #[cfg(not(feature = "tower"))]
        false
    }

    /// Returns the signal that ends a pause of the call.
    #[inline]
    pub(crate) fn cancellation(&self) -> Cancellation<'p> {
        self.policy.parts().stop.cancellation()
    }

    /// Returns the signal that cuts an attempt of the call.
    ///
    /// It cuts only if an outcome stands for a cut attempt: one with which the call `ends`, or one that the
    /// guards make of the interrupt.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn cutting(&self, ends: bool) -> Cancellation<'p> {
        let parts = self.policy.parts();
        if ends || self.watch.interrupts() {
            return parts.stop.abort_signal();
        }
        if parts.stop.aborts_attempt() {
            telemetry::uncut(parts.name);
        }
        Cancellation::never()
    }

    /// Returns the outcome of an attempt that may have been interrupted.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn attempted(
        &mut self,
        made: Result<Result<O, Interrupt>, Cancelled>,
    ) -> Result<O, Interrupt> {
        let attempted = made.unwrap_or(Err(Interrupt::Cancelled));
        if let Err(interrupt) = attempted {
            self.watch.interrupted(interrupt);
        }
        attempted
    }

    /// Returns a handle for the attempt that has begun.
    pub(crate) fn handle(&self) -> Attempt {
        let ends = self.watch.ends();
        Attempt::new(self.call.attempt(), self.stopwatch, ends)
    }

    #[inline]
    pub(crate) fn begin(&mut self) {
        self.begun = true;
        self.wake();
        self.watch.spend();
        self.call.begin(self.policy.parts().name);
        if self.policy.parts().reset_after.is_some() {
            self.call.began(self.stopwatch.elapsed());
        }
        if <P::Hooks as Hooks<O>>::ACTIVE {
            let parts = self.policy.parts();
            parts
                .hooks
                .before(&self.call.state(parts.name, self.stopwatch.elapsed(), None));
        }
    }

    /// Returns the time to sleep before the next attempt, [`to_sleep`](RetryState::to_sleep), or the end of
    /// the call.
    ///
    /// A call that is halted ends for that reason.
    // Always: a runner calls it in one place, and without hooks most of it falls away.
    #[inline(always)]
    pub(crate) fn judge(
        &mut self,
        outcome: &O,
        mark: AttemptDirective,
        halted: Option<StopReason>,
    ) -> Result<Option<Duration>, End> {
        if let Some(reason) = halted {
            return Err(End::GaveUp(self.halt(outcome, reason)));
        }
        if !self.begun {
            self.begin();
        }
        self.begun = false;
        let parts = self.policy.parts();
        let (class, own) = parts.rule(outcome, self.call.attempt());
        let verdict = mark.apply_to(own);
        // A body that gives up is no evidence about the service.
        let health = || parts.health(outcome, own.or(verdict));
        self.watch
            .judged(outcome, verdict, health, outcome.error().is_some());
        let finality = if verdict.is_retry() {
            None
        } else {
            Some(mark.final_reason(outcome))
        };
        if let (Some(reason), false) = (finality, <P::Hooks as Hooks<O>>::ACTIVE) {
            return Err(End::Final(reason));
        }
        let elapsed = self.stopwatch.elapsed();
        // An attempt that a limit cut did not hold.
        let ran_long = !self.watch.was_cut() && parts.resets_after(self.call.ran(elapsed));
        if finality.is_none() && (mark.reset() || ran_long) {
            self.call.restart();
            self.counters = Default::default();
        }
        let mut state = self.call.state(parts.name, elapsed, Some(outcome));
        state.judge(verdict);
        state.handled(<P::Hooks as Hooks<O>>::HANDLES);
        state.classify(class);
        parts.hooks.after(&state);
        if let Some(reason) = finality {
            state.finish(reason);
            self.end(&state);
            return Err(End::Final(reason));
        }
        let stop = Enabled(parts.enabled && !self.is_once(), &parts.stop);
        let decision = parts.decide(&mut self.counters, &mut state, &stop, &parts.wait);
        match self.watch.allow(&mut state, decision) {
            Ok(_) => {
                parts.hooks.before_sleep(&state);
                self.call.paused(&state);
                parts.hooks.fell_asleep(state.pause().unwrap_or_default());
                self.asleep = <P::Hooks as Hooks<O>>::ACTIVE;
                Ok(self.watch.fit(state.to_sleep()))
            }
            Err(reason) => {
                self.end(&state);
                Err(End::GaveUp(reason))
            }
        }
    }

    /// Ends the call without a judgement.
    #[cold]
    fn halt(&mut self, outcome: &O, reason: StopReason) -> StopReason {
        self.wake();
        let parts = self.policy.parts();
        let elapsed = self.stopwatch.elapsed();
        let mut state = self.call.state(parts.name, elapsed, Some(outcome));
        // A call gives up only on an outcome that it would have retried.
        state.judge(Verdict::Retry);
        state.handled(<P::Hooks as Hooks<O>>::HANDLES);
        state.halt(reason);
        self.end(&state);
        reason
    }

    /// Ends the pause, for whatever reason.
    #[inline]
    fn wake(&mut self) {
        if core::mem::take(&mut self.asleep) {
            self.policy.parts().hooks.woke();
        }
    }

    fn end(&self, state: &RetryState<'_, O>) {
        let hooks = &self.policy.parts().hooks;
        match state.reason() {
            None => hooks.on_success(state),
            Some(_) => hooks.on_failure(state),
        }
    }

    /// Returns the report of the call, with the fallback applied.
    #[inline]
    pub(crate) fn report(&self, outcome: O, end: End) -> Report<O> {
        let idle = self.call.state::<O>("", Duration::ZERO, None).idle_for();
        let (attempts, elapsed) = (self.call.attempt(), self.stopwatch.elapsed());
        let (outcome, reason) = match end {
            End::Final(reason) => (outcome, reason),
            End::GaveUp(reason) => {
                let give_up = GiveUp::new(outcome, attempts, elapsed, reason);
                let replaced = self.policy.parts().hooks.fall_back(give_up).outcome;
                (replaced, Some(reason))
            }
        };
        Report {
            outcome,
            attempts,
            elapsed,
            idle,
            reason,
        }
    }
}

/// Counts a call that is dropped while it sleeps as cancelled.
impl<P: Policy<O> + ?Sized, O, C, G> Drop for Steps<'_, P, O, C, G> {
    fn drop(&mut self) {
        if self.asleep {
            self.policy.parts().hooks.woke();
        }
    }
}

impl<P: Policy<O> + ?Sized, O, C, G> fmt::Debug for Steps<'_, P, O, C, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
