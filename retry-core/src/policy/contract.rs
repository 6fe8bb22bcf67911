//! The trait by which policies are passed around and run.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::time::Duration;

#[cfg(feature = "stream")]
use futures_core::stream::Stream;

use crate::call::callbacks::Hooks;
use crate::call::error::StopReason;
#[cfg(feature = "std")]
use crate::call::outcome::Outcome;
#[cfg(feature = "std")]
use crate::call::report::Report;
use crate::engine::cases::Cases;
use crate::guard::Guard;
#[cfg(feature = "std")]
use crate::guard::refuse_hedge;
#[cfg(all(feature = "std", feature = "async"))]
use crate::policy::asynchronous::{AsyncOperation, ReportAsync, RunAsync};
#[cfg(feature = "std")]
use crate::policy::blocking::{self, Operation};
use crate::policy::builder::RetryPolicy;
use crate::policy::describe::Description;
use crate::policy::parts::Parts;
use crate::policy::schedule::Schedule;
#[cfg(feature = "std")]
use crate::policy::steps::Steps;
#[cfg(feature = "stream")]
use crate::policy::stream::RunStream;
use crate::stop::Stop;
#[cfg(feature = "std")]
#[cfg(all(feature = "std", feature = "async"))]
use crate::time::sleep::AsyncSleep;
use crate::time::sleep::Sleeper;
use crate::wait::Wait;
use crate::when::Predicate;

/// The type of a policy's parts.
pub(crate) type PartsOf<P, O> = Parts<
    <P as Policy<O>>::Stop,
    <P as Policy<O>>::Wait,
    <P as Policy<O>>::When,
    <P as Policy<O>>::Cases,
    <P as Policy<O>>::Hooks,
    <P as Policy<O>>::Sleep,
    <P as Policy<O>>::Guards,
>;

/// A policy for calls with an outcome of type `O`: a [`RetryPolicy`], or a reference to one.
///
/// Policies are passed around and run by this trait. Build a [`RetryPolicy`] to make one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for an outcome of type `{O}`",
    label = "expected a policy",
    note = "pass a function's `RetryPolicy`, generic over what it retries: `fn database<T>() -> impl Policy<Result<T, Error>>`"
)]
pub trait Policy<O> {
    /// The stop, which ends the call.
    type Stop: Stop;
    /// The wait, which gives the pauses.
    type Wait: Wait<O>;
    /// The predicate of outcomes to retry.
    type When: Predicate<O>;
    /// Classes with strategies of their own.
    type Cases: Cases<O>;
    /// Callbacks.
    type Hooks: Hooks<O>;
    /// The sleeper.
    type Sleep: Sleeper;
    /// The guards, which keep retries from making an outage worse.
    type Guards: Guard<O>;

    /// Returns the parts of the policy.
    fn parts(&self) -> &PartsOf<Self, O>;

    /// Calls `operation` until its outcome is final or a limit is reached, and returns the last
    /// outcome as it is.
    ///
    /// `operation` is a closure without arguments, or one that takes an [`&Attempt`](crate::Attempt).
    ///
    /// A retried value is dropped before the pause, since it may hold a connection. It is kept only where
    /// a token of `stop` may end the call in the pause and the policy makes no outcome of an
    /// [`Interrupt`](crate::Interrupt): add [`interrupt`](RetryPolicy::interrupt) there.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, wait};
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
        const { refuse_hedge::<O, Self::Guards>() };
        blocking::run(self, operation)
    }

    /// Runs as [`run`](Policy::run) does, and returns a report of the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy, StopReason, wait};
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
        const { refuse_hedge::<O, Self::Guards>() };
        blocking::report(self, operation)
    }

    /// Awaits the futures that `operation` makes until an outcome is final or a limit is reached, and returns
    /// the last outcome as it is.
    ///
    /// `operation` is a closure without arguments, or one that takes an
    /// [`Arc<Attempt>`](crate::Attempt). Dropping the future ends the call at once.
    ///
    /// # Panics
    ///
    /// If the sleeper panics: [`DefaultSleeper`](crate::policy::DefaultSleeper) does with the feature `tokio`
    /// alone, outside a tokio runtime.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::{Policy, RetryPolicy, wait};
    ///
    /// let mut calls = 0;
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let outcome = policy.run_async(|| {
    ///     calls += 1;
    ///     async move { if calls < 3 { Err("not yet") } else { Ok(calls) } }
    /// });
    /// assert_eq!(outcome.await, Ok(3));
    /// # });
    /// ```
    #[cfg(all(feature = "std", feature = "async"))]
    fn run_async<'p, M, F>(&'p self, operation: F) -> RunAsync<'p, Self, O, M, F>
    where
        O: Outcome + 'p,
        F: AsyncOperation<O, M>,
        Self::Sleep: AsyncSleep,
    {
        RunAsync::new(self, operation)
    }

    /// Runs as [`run_async`](Policy::run_async) does, and returns a report of the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::{Policy, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let report = policy.report_async(|| async { None::<u8> }).await;
    /// assert_eq!(report.attempts(), 3);
    /// # });
    /// ```
    #[cfg(all(feature = "std", feature = "async"))]
    fn report_async<'p, M, F>(&'p self, operation: F) -> ReportAsync<'p, Self, O, M, F>
    where
        O: Outcome + 'p,
        F: AsyncOperation<O, M>,
        Self::Sleep: AsyncSleep,
    {
        ReportAsync::new(self, operation, None)
    }

    /// Gives the items of a stream, and opens it again where it broke, as
    /// [`RetryPolicy::run_stream`](RetryPolicy#method.run_stream) describes.
    #[cfg(feature = "stream")]
    fn run_stream<'p, K, F, A, S>(
        &'p self,
        start: K,
        open: F,
        after: A,
    ) -> RunStream<'p, Self, O, K, F, A, S>
    where
        O: Outcome + 'p,
        K: Clone + PartialEq,
        F: FnMut(K) -> S,
        A: FnMut(&O::Value) -> K,
        S: Stream<Item = O>,
        Self::Sleep: AsyncSleep,
    {
        RunStream::new(self, start, open, after)
    }

    /// Starts a call for code that no closure can hold: the caller makes the attempts and sleeps.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::thread;
    /// use persevere::{Next, Policy, RetryPolicy, wait};
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
    fn start<'p>(&'p self) -> Steps<'p, Self, O>
    where
        O: Outcome + 'p,
    {
        const { refuse_hedge::<O, Self::Guards>() };
        Steps::start(self)
    }

    /// Returns the pauses of a call whose every attempt fails at once, as a table: [`RetryPolicy::schedule`]
    /// for a policy that hides its type.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// fn shared<T>() -> impl Policy<Option<T>> {
    ///     RetryPolicy::new()
    /// }
    ///
    /// assert_eq!(shared::<u8>().schedule().rows().len(), 2);
    /// ```
    fn schedule(&self) -> Schedule {
        self.parts().schedule_of::<O>()
    }

    /// Returns the policy in words: [`RetryPolicy::describe`] for a policy that hides its type.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{Policy, RetryPolicy};
    ///
    /// fn shared<T>() -> impl Policy<Option<T>> {
    ///     RetryPolicy::new()
    /// }
    ///
    /// let text = shared::<u8>().describe().to_string();
    /// assert!(text.starts_with("- Gives up after 3 attempts.\n"));
    /// ```
    fn describe(&self) -> Description<'_, PartsOf<Self, O>, O> {
        Description::of(self.parts())
    }

    /// Returns the pause after `attempt` attempts and `elapsed` since the first: [`RetryPolicy::resume`] for
    /// a policy that hides its type.
    ///
    /// # Errors
    ///
    /// The reason why no attempt follows.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::{Policy, RetryPolicy, StopReason};
    ///
    /// fn shared<T>() -> impl Policy<Option<T>> {
    ///     RetryPolicy::new()
    /// }
    ///
    /// assert_eq!(shared::<u8>().resume(3, Duration::ZERO), Err(StopReason::Attempts));
    /// ```
    fn resume(&self, attempt: u32, elapsed: Duration) -> Result<Duration, StopReason> {
        self.parts().resume_of::<O>(attempt, elapsed)
    }
}

// Both are written out, since the compiler quotes them to users.
impl<O, S, W, P, C, H, Z, G> Policy<O> for RetryPolicy<S, W, P, C, H, Z, G>
where
    S: Stop,
    W: Wait<O>,
    P: Predicate<O>,
    C: Cases<O>,
    H: Hooks<O>,
    Z: Sleeper,
    G: Guard<O>,
{
    type Stop = S;
    type Wait = W;
    type When = P;
    type Cases = C;
    type Hooks = H;
    type Sleep = Z;
    type Guards = G;

    #[inline]
    fn parts(&self) -> &Parts<S, W, P, C, H, Z, G> {
        &self.0
    }
}

impl<O, S, W, P, C, H, Z, G> Policy<O> for Parts<S, W, P, C, H, Z, G>
where
    S: Stop,
    W: Wait<O>,
    P: Predicate<O>,
    C: Cases<O>,
    H: Hooks<O>,
    Z: Sleeper,
    G: Guard<O>,
{
    type Stop = S;
    type Wait = W;
    type When = P;
    type Cases = C;
    type Hooks = H;
    type Sleep = Z;
    type Guards = G;

    #[inline]
    fn parts(&self) -> &Parts<S, W, P, C, H, Z, G> {
        self
    }
}

macro_rules! policy_by_reference {
    ($([$($size:tt)*] $pointer:ty),+) => {$(
        impl<O, T: Policy<O> $($size)*> Policy<O> for $pointer {
            type Stop = T::Stop;
            type Wait = T::Wait;
            type When = T::When;
            type Cases = T::Cases;
            type Hooks = T::Hooks;
            type Sleep = T::Sleep;
            type Guards = T::Guards;

            #[inline]
            fn parts(
                &self,
            ) -> &PartsOf<T, O> {
                (**self).parts()
            }
        }
    )+};
}

policy_by_reference!([+ ?Sized] &T, [+ ?Sized] Box<T>, [+ ?Sized] Arc<T>);
#[cfg(feature = "std")]
policy_by_reference!([] std::sync::LazyLock<T>);
