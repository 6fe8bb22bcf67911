//! Strategies put together: the run-time form of the attribute.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

#[cfg(all(feature = "std", feature = "async"))]
use crate::asynchronous::{AsyncOperation, ReportAsync, RunAsync};
#[cfg(feature = "std")]
use crate::blocking::{self, Operation};
use crate::cases::{Case, Cases, CheckedCases};
#[cfg(feature = "std")]
use crate::clock;
use crate::error::{Invalid, StopReason};
use crate::hooks::{After, Before, BeforeSleep, Fallback, GiveUp, Hooks, OnFailure, OnSuccess};
#[cfg(feature = "std")]
use crate::outcome::Outcome;
use crate::outcome::Verdict;
use crate::schedule::Schedule;
use crate::sleep::{AsyncSleep, Auto, Awaiting, Blocking, Sleep, Sleeper};
use crate::state::RetryState;
use crate::stats::{RetryStats, Stats};
#[cfg(feature = "std")]
use crate::steps::{Report, Steps};
use crate::stop::{DefaultStop, Enabled, Stop};
use crate::wait::{self, Backoff, Exponential, Wait};
use crate::when::{AnyFailure, Predicate};

/// A policy: what the attribute's keys say, as a value.
///
/// The defaults are the attribute's: three attempts, [`wait::standard`], every failure retried.
/// The type parameters are the strategies; a shared policy is a function that returns
/// `impl Policy<Result<T, E>>`.
///
/// ```
/// use std::{fs, io, time::Duration};
/// use persevere_core::{Policy, RetryPolicy, stop, wait, when};
///
/// fn disk<T>(attempts: u32) -> impl Policy<io::Result<T>> {
///     RetryPolicy::new()
///         .stop(stop::after_attempt(attempts))
///         .wait(wait::exponential(Duration::from_millis(1)).full_jitter())
///         .when(when::transient())
/// }
///
/// let error = disk(5).run(|| fs::read("/no/such/file")).unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::NotFound); // final: not transient
/// ```
#[derive(Clone, Copy)]
pub struct RetryPolicy<
    S = DefaultStop,
    W = Backoff<Exponential>,
    P = AnyFailure,
    C = (),
    H = (),
    Z = Auto,
> {
    pub(crate) name: &'static str,
    pub(crate) stop: S,
    pub(crate) wait: W,
    pub(crate) when: P,
    pub(crate) cases: C,
    pub(crate) hooks: H,
    pub(crate) sleep: Z,
    pub(crate) enabled: bool,
    pub(crate) reset_after: Option<Duration>,
}

impl RetryPolicy {
    /// The default policy.
    pub const fn new() -> Self {
        RetryPolicy {
            name: "call",
            stop: DefaultStop,
            wait: wait::standard(),
            when: AnyFailure,
            cases: (),
            hooks: (),
            sleep: Auto,
            enabled: true,
            reset_after: None,
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy::new()
    }
}

/// The parts of a policy that have types of their own.
type Parts<S, W, P, C, H, Z> = (S, W, P, C, H, Z);

impl<S, W, P, C, H, Z> RetryPolicy<S, W, P, C, H, Z> {
    /// The same policy with some of its parts replaced.
    #[inline]
    fn map<S2, W2, P2, C2, H2, Z2>(
        self,
        map: impl FnOnce(Parts<S, W, P, C, H, Z>) -> Parts<S2, W2, P2, C2, H2, Z2>,
    ) -> RetryPolicy<S2, W2, P2, C2, H2, Z2> {
        let RetryPolicy {
            name,
            stop,
            wait,
            when,
            cases,
            hooks,
            sleep,
            enabled,
            reset_after,
        } = self;
        let (stop, wait, when, cases, hooks, sleep) = map((stop, wait, when, cases, hooks, sleep));
        RetryPolicy {
            name,
            stop,
            wait,
            when,
            cases,
            hooks,
            sleep,
            enabled,
            reset_after,
        }
    }
}

macro_rules! callbacks {
    ($($(#[$doc:meta])* $event:ident $hook:ident;)+) => {$(
        $(#[$doc])*
        pub fn $event<O, F>(self, callback: F) -> RetryPolicy<S, W, P, C, (H, $hook<O, F>), Z>
        where
            F: Fn(&RetryState<'_, O>),
        {
            self.map(|(s, w, p, c, h, z)| (s, w, p, c, (h, $hook(callback, PhantomData)), z))
        }
    )+};
}

impl<S, W, P, C, H, Z> RetryPolicy<S, W, P, C, H, Z> {
    /// When to end the call; three attempts by default.
    pub fn stop<T: Stop>(self, stop: T) -> RetryPolicy<T, W, P, C, H, Z> {
        self.map(|(_, w, p, c, h, z)| (stop, w, p, c, h, z))
    }

    /// How long to pause; [`wait::standard`] by default.
    pub fn wait<T>(self, wait: T) -> RetryPolicy<S, T, P, C, H, Z> {
        self.map(|(s, _, p, c, h, z)| (s, wait, p, c, h, z))
    }

    /// Which outcomes to retry; every failure by default.
    pub fn when<T>(self, when: T) -> RetryPolicy<S, W, T, C, H, Z> {
        self.map(|(s, w, _, c, h, z)| (s, w, when, c, h, z))
    }

    /// A class of outcomes with a stop and a wait of its own, which count that class alone.
    ///
    /// Cases are asked before [`when`](Self::when), in the order written. A [`stop`](Self::stop) of
    /// the policy holds over everything; the default one leaves these outcomes alone.
    ///
    /// ```
    /// use persevere_core::{Policy, RetryPolicy, stop, wait, when};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none()).case(
    ///     when::err(|status: &u16| *status == 429),
    ///     stop::after_attempt(8),
    ///     wait::none(),
    /// );
    /// let mut attempts = 0;
    /// let _ = policy.run(|| { attempts += 1; Err::<(), _>(429) });
    /// assert_eq!(attempts, 8);
    /// ```
    pub fn case<A, B, D>(
        self,
        when: A,
        stop: B,
        wait: D,
    ) -> RetryPolicy<S, W, P, (C, Case<A, B, D>), H, Z> {
        self.map(|(s, w, p, c, h, z)| (s, w, p, (c, Case::new(when, stop, wait)), h, z))
    }

    /// How blocking calls pause; [`Auto`] by default.
    pub fn sleep<T: Sleep>(self, sleep: T) -> RetryPolicy<S, W, P, C, H, Blocking<T>> {
        self.map(|(s, w, p, c, h, _)| (s, w, p, c, h, Blocking(sleep)))
    }

    /// How async calls pause; [`Auto`] by default.
    pub fn sleep_async<T>(self, sleep: T) -> RetryPolicy<S, W, P, C, H, Awaiting<T>>
    where
        T: AsyncSleep,
    {
        self.map(|(s, w, p, c, h, _)| (s, w, p, c, h, Awaiting(sleep)))
    }

    /// The name that callbacks and logs show; `call` by default.
    pub fn name(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// `false` makes one attempt and no retry.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// An attempt that ran at least this long before it failed starts counts and schedule anew.
    pub fn reset_after(mut self, ran: Duration) -> Self {
        self.reset_after = Some(ran);
        self
    }

    /// Counts what the calls do.
    pub fn stats(self, stats: &RetryStats) -> RetryPolicy<S, W, P, C, (H, Stats<'_>), Z> {
        self.map(|(s, w, p, c, h, z)| (s, w, p, c, (h, Stats(stats)), z))
    }

    callbacks! {
        /// Called before every attempt.
        before Before;
        /// Called after every attempt, with its verdict.
        after After;
        /// Called before every pause, which really follows.
        before_sleep BeforeSleep;
        /// Called once when the call ends with a success.
        on_success OnSuccess;
        /// Called once when the call ends with a failure, with the reason.
        on_failure OnFailure;
    }

    /// Replaces the outcome of a call that gave up.
    pub fn fallback<O, F>(self, fallback: F) -> RetryPolicy<S, W, P, C, (H, Fallback<O, F>), Z>
    where
        F: Fn(GiveUp<O>) -> O,
    {
        self.map(|(s, w, p, c, h, z)| (s, w, p, c, (h, Fallback(fallback, PhantomData)), z))
    }

    /// The policy itself, if none of its values can only be a mistake.
    ///
    /// # Errors
    ///
    /// The first such value. Unchecked, it is normalised by the rule that [`Invalid`] states.
    pub fn checked(self) -> Result<Self, Invalid>
    where
        S: Stop,
        W: Wait<()>,
        C: CheckedCases,
    {
        self.stop.check()?;
        self.wait.check()?;
        self.cases.check()?;
        Ok(self)
    }

    /// The pauses of a call whose every attempt fails at once, as a table.
    ///
    /// ```
    /// use std::time::Duration;
    /// use persevere_core::{RetryPolicy, stop, wait};
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
        Schedule::new::<(), _, _>(&self.stop, &self.wait)
    }

    /// For queues that re-schedule a failed job instead of sleeping: the pause after `attempt`
    /// attempts and `elapsed` since the first.
    ///
    /// # Errors
    ///
    /// The reason why there is no further attempt.
    ///
    /// ```
    /// use std::time::Duration;
    /// use persevere_core::{RetryPolicy, StopReason, wait};
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
        let stop = Enabled(self.enabled, &self.stop);
        RetryState::<()>::resumed(self.name, attempt, elapsed).decide(&stop, &self.wait)
    }
}

/// What the runners and the attribute ask of a policy at work.
#[doc(hidden)]
impl<S: Stop, W, P, C, H, Z> RetryPolicy<S, W, P, C, H, Z> {
    /// Whether anything in it asks for the elapsed time.
    #[inline]
    pub fn reads_clock<O>(&self) -> bool
    where
        W: Wait<O>,
        C: Cases<O>,
        H: Hooks<O>,
    {
        H::ACTIVE
            || self.reset_after.is_some()
            || self.stop.reads_clock()
            || self.wait.reads_clock()
            || self.cases.reads_clock()
    }

    /// The case that takes an outcome, if any, and the verdict.
    #[inline]
    pub fn rule<O>(&self, outcome: &O) -> (Option<usize>, Verdict)
    where
        P: Predicate<O>,
        C: Cases<O>,
    {
        match self.cases.rule(outcome) {
            Some((class, verdict)) => (Some(class), verdict),
            None => (None, self.when.verdict(outcome)),
        }
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

    /// What it pauses with.
    #[inline]
    pub fn sleeper(&self) -> &Z {
        &self.sleep
    }

    /// The pause after a retryable outcome, or why there is none; `stop` and `wait` are its own, or
    /// what stands in their place.
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
        let stop = Enabled(self.enabled, stop);
        state.set_aside(C::counted(counters));
        match state.class() {
            None => state.decide(&stop, wait),
            Some(class) => self.cases.decide(class, counters, state, &stop),
        }
    }
}

/// The strategies, without closures and sleepers.
impl<S: fmt::Debug, W: fmt::Debug, P: fmt::Debug, C: fmt::Debug, H, Z> fmt::Debug
    for RetryPolicy<S, W, P, C, H, Z>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("name", &self.name)
            .field("stop", &self.stop)
            .field("wait", &self.wait)
            .field("when", &self.when)
            .field("cases", &self.cases)
            .finish_non_exhaustive()
    }
}

/// Something that says how calls with an outcome of type `O` are retried: a [`RetryPolicy`], or a
/// reference to one.
///
/// This trait is how policies are passed around and run. Build a [`RetryPolicy`] to make one.
pub trait Policy<O> {
    /// When to end the call.
    type Stop: Stop;
    /// How long to pause.
    type Wait: Wait<O>;
    /// Which outcomes to retry.
    type When: Predicate<O>;
    /// Classes with strategies of their own.
    type Cases: Cases<O>;
    /// Callbacks.
    type Hooks: Hooks<O>;
    /// How to pause.
    type Sleep: Sleeper;

    /// The policy in its parts.
    fn parts(
        &self,
    ) -> &RetryPolicy<Self::Stop, Self::Wait, Self::When, Self::Cases, Self::Hooks, Self::Sleep>;

    /// Calls `operation` until its outcome is final or a limit is reached, and returns the last
    /// outcome as it is.
    ///
    /// `operation` is a closure without arguments, or one that takes an [`&Attempt`](crate::Attempt).
    ///
    /// ```
    /// use persevere_core::{Policy, RetryPolicy, wait};
    ///
    /// let mut calls = 0;
    /// let outcome = RetryPolicy::new().wait(wait::none()).run(|| {
    ///     calls += 1;
    ///     if calls < 3 { Err("not yet") } else { Ok(calls) }
    /// });
    /// assert_eq!(outcome, Ok(3));
    /// ```
    #[cfg(feature = "std")]
    fn run<M, F>(&self, operation: F) -> O
    where
        O: Outcome,
        F: Operation<O, M>,
    {
        blocking::run(self, operation, false).into_outcome()
    }

    /// As [`run`](Policy::run), and tells how the call went.
    ///
    /// ```
    /// use persevere_core::{Policy, RetryPolicy, StopReason, wait};
    ///
    /// let report = RetryPolicy::new().wait(wait::none()).report(|| Err::<(), _>("refused"));
    /// assert_eq!(report.attempts(), 3);
    /// assert_eq!(report.reason(), Some(StopReason::Attempts));
    /// ```
    #[cfg(feature = "std")]
    fn report<M, F>(&self, operation: F) -> Report<O>
    where
        O: Outcome,
        F: Operation<O, M>,
    {
        blocking::run(self, operation, true)
    }

    /// Awaits the futures that `operation` makes until an outcome is final or a limit is reached;
    /// gives the last outcome as it is.
    ///
    /// `operation` is a closure without arguments, or one that takes an
    /// [`Arc<Attempt>`](crate::Attempt). Dropping the future ends the call at once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere_core::{Policy, RetryPolicy, wait};
    ///
    /// let mut calls = 0;
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let outcome = policy.run_async(|| {
    ///     calls += 1;
    ///     async move { if calls < 3 { Err("not yet") } else { Ok(calls) } }
    /// });
    /// assert_eq!(outcome.await, Ok(3));
    /// # });
    /// ```
    #[cfg(all(feature = "std", feature = "async"))]
    fn run_async<M, F>(&self, operation: F) -> RunAsync<'_, Self, O, M, F>
    where
        O: Outcome,
        F: AsyncOperation<O, M>,
        Self::Sleep: AsyncSleep,
    {
        RunAsync::new(self, operation)
    }

    /// As [`run_async`](Policy::run_async), and tells how the call went.
    #[cfg(all(feature = "std", feature = "async"))]
    fn report_async<M, F>(&self, operation: F) -> ReportAsync<'_, Self, O, M, F>
    where
        O: Outcome,
        F: AsyncOperation<O, M>,
        Self::Sleep: AsyncSleep,
    {
        ReportAsync::new(self, operation, true)
    }

    /// A call for code that no closure can hold: the caller makes the attempts and sleeps.
    ///
    /// ```
    /// use std::thread;
    /// use persevere_core::{Next, Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let mut call = policy.start();
    /// let mut step = 0;
    /// let outcome = loop {
    ///     step += 1;
    ///     let outcome = if step < 3 { Err("not yet") } else { Ok(step) };
    ///     match call.next(&outcome) {
    ///         Next::Return => break outcome,
    ///         Next::Sleep(pause) => thread::sleep(pause),
    ///     }
    /// };
    /// assert_eq!(outcome, Ok(3));
    /// ```
    #[cfg(feature = "std")]
    fn start(&self) -> Steps<'_, Self, O>
    where
        O: Outcome,
    {
        Steps::new(self, clock::read_blocking, true)
    }
}

impl<O, S, W, P, C, H, Z> Policy<O> for RetryPolicy<S, W, P, C, H, Z>
where
    S: Stop,
    W: Wait<O>,
    P: Predicate<O>,
    C: Cases<O>,
    H: Hooks<O>,
    Z: Sleeper,
{
    type Stop = S;
    type Wait = W;
    type When = P;
    type Cases = C;
    type Hooks = H;
    type Sleep = Z;

    #[inline]
    fn parts(&self) -> &Self {
        self
    }
}

macro_rules! policy_by_reference {
    ($($pointer:ty),+) => {$(
        impl<O, T: Policy<O> + ?Sized> Policy<O> for $pointer {
            type Stop = T::Stop;
            type Wait = T::Wait;
            type When = T::When;
            type Cases = T::Cases;
            type Hooks = T::Hooks;
            type Sleep = T::Sleep;

            #[inline]
            fn parts(
                &self,
            ) -> &RetryPolicy<T::Stop, T::Wait, T::When, T::Cases, T::Hooks, T::Sleep> {
                (**self).parts()
            }
        }
    )+};
}

policy_by_reference!(&T, Box<T>, Arc<T>);
