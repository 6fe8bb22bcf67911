//! Methods of a [`RetryPolicy`] that run async calls, found without an import.
//!
//! They are methods of the type that a policy dereferences to. A policy whose stop aborts attempts has
//! methods of its own, which make an outcome of an aborted attempt where the guards make none; method
//! resolution finds those first.

use crate::call::callbacks::Hooks;
use crate::call::interrupt::FromInterrupt;
use crate::call::outcome::Outcome;
use crate::engine::cases::Cases;
use crate::guard::{Guard, Guards, Interrupting, Uninterrupted};
use crate::policy::asynchronous::{AsyncOperation, ReportAsync, RunAbortable, RunAsync};
use crate::policy::parts::Parts;
use crate::policy::{Policy, RetryPolicy};
use crate::stop::{AbortsAttempt, Stop};
use crate::time::sleep::{AsyncSleep, Sleeper};
use crate::wait::Wait;
use crate::when::Predicate;

#[doc(hidden)]
impl<S: AbortsAttempt, W, P, C, H, Z, G: Uninterrupted> RetryPolicy<S, W, P, C, H, Z, G> {
    /// Runs as [`Parts::run_async`] does; the token also cuts an attempt that has no outcome before it.
    pub fn run_async<'p, O, M, F>(&'p self, operation: F) -> RunAbortable<'p, Self, O, M, F>
    where
        Self: Policy<O, Sleep: AsyncSleep>,
        O: Outcome + FromInterrupt + 'p,
        F: AsyncOperation<O, M>,
    {
        RunAbortable::abortable(self, operation, Some(O::from_interrupt))
    }

    /// Runs as [`Parts::report_async`] does; the token also cuts an attempt that has no outcome before it.
    pub fn report_async<'p, O, M, F>(&'p self, operation: F) -> ReportAsync<'p, Self, O, M, F>
    where
        Self: Policy<O, Sleep: AsyncSleep>,
        O: Outcome + FromInterrupt + 'p,
        F: AsyncOperation<O, M>,
    {
        ReportAsync::new(self, operation, Some(O::from_interrupt))
    }
}

#[doc(hidden)]
impl<S, W, P, C, H, Z, B, U, I, K, L> RetryPolicy<S, W, P, C, H, Z, Guards<B, U, I, K, L>>
where
    S: AbortsAttempt,
    I: Interrupting,
{
    /// Runs as [`Parts::run_async`] does, and allocates nothing for an attempt that the token may cut.
    pub fn run_async<'p, O, M, F>(&'p self, operation: F) -> RunAbortable<'p, Self, O, M, F>
    where
        Self: Policy<O, Sleep: AsyncSleep>,
        O: Outcome + 'p,
        F: AsyncOperation<O, M>,
    {
        RunAbortable::abortable(self, operation, None)
    }
}

// The parameters of the futures are written out: their defaults would require the whole policy before the
// method is found, and the compiler could not name the part that does not fit.
impl<S, W, P, C, H, Z, G> Parts<S, W, P, C, H, Z, G> {
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
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let mut calls = 0;
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let outcome = policy.run_async(|| {
    ///     calls += 1;
    ///     async move { if calls < 3 { Err("not ready") } else { Ok(calls) } }
    /// });
    /// assert_eq!(outcome.await, Ok(3));
    /// # });
    /// ```
    pub fn run_async<'p, O, M, F>(
        &'p self,
        operation: F,
    ) -> RunAsync<'p, Self, O, M, F, Z::Sleeping, C::Counters, G::Active<'p>>
    where
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        Z: Sleeper + AsyncSleep,
        G: Guard<O>,
        O: Outcome + 'p,
        F: AsyncOperation<O, M>,
    {
        RunAsync::new(self, operation)
    }

    /// Runs as [`run_async`](Self::run_async) does, and returns a report of the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// # let policy = policy.sleep_async(tokio::time::sleep);
    /// let report = policy.report_async(|| async { None::<u8> }).await;
    /// assert_eq!(report.attempts(), 3);
    /// # });
    /// ```
    pub fn report_async<'p, O, M, F>(
        &'p self,
        operation: F,
    ) -> ReportAsync<'p, Self, O, M, F, Z::Sleeping, C::Counters, G::Active<'p>>
    where
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        Z: Sleeper + AsyncSleep,
        G: Guard<O>,
        O: Outcome + 'p,
        F: AsyncOperation<O, M>,
    {
        ReportAsync::new(self, operation, None)
    }
}
