//! Methods of a [`RetryPolicy`] that run calls, found without an import.
//!
//! Their bounds are written out, so that the compiler names the part that does not fit, and the fix.

use crate::call::callbacks::Hooks;
use crate::call::outcome::Outcome;
use crate::call::report::Report;
use crate::engine::cases::Cases;
use crate::guard::{Guard, refuse_hedge};
use crate::policy::RetryPolicy;
use crate::policy::blocking::{self, Operation};
use crate::policy::steps::Steps;
use crate::stop::Stop;
use crate::time::sleep::Sleeper;
use crate::wait::Wait;
use crate::when::Predicate;

impl<S, W, P, C, H, Z, G> RetryPolicy<S, W, P, C, H, Z, G> {
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
    /// use persevere::{RetryPolicy, wait};
    ///
    /// let mut calls = 0;
    /// let outcome = RetryPolicy::new().wait(wait::none()).run(|| {
    ///     calls += 1;
    ///     if calls < 3 { Err("not ready") } else { Ok(calls) }
    /// });
    /// assert_eq!(outcome, Ok(3));
    /// ```
    pub fn run<O, M, F>(&self, operation: F) -> O
    where
        O: Outcome,
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        Z: Sleeper,
        G: Guard<O>,
        F: Operation<O, M>,
    {
        const { refuse_hedge::<O, G>() };
        blocking::run(self, operation)
    }

    /// Runs as [`run`](Self::run) does, and returns a report of the call.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{RetryPolicy, StopReason, wait};
    ///
    /// let report = RetryPolicy::new().wait(wait::none()).report(|| Err::<(), _>("refused"));
    /// assert_eq!(report.attempts(), 3);
    /// assert_eq!(report.reason(), Some(StopReason::Attempts));
    /// ```
    pub fn report<O, M, F>(&self, operation: F) -> Report<O>
    where
        O: Outcome,
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        Z: Sleeper,
        G: Guard<O>,
        F: Operation<O, M>,
    {
        const { refuse_hedge::<O, G>() };
        blocking::report(self, operation)
    }

    /// Starts a call for code that no closure can hold: the caller makes the attempts and sleeps.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::thread;
    /// use persevere::{Next, RetryPolicy, wait};
    ///
    /// let policy = RetryPolicy::new().wait(wait::none());
    /// let mut call = policy.start();
    /// let mut step = 0;
    /// let outcome = loop {
    ///     step += 1;
    ///     let outcome = if step < 3 { Err("not ready") } else { Ok(step) };
    ///     match call.next(&outcome) {
    ///         Next::Return => break outcome,
    ///         Next::Sleep(pause) => thread::sleep(pause),
    ///     }
    /// };
    /// assert_eq!(outcome, Ok(3));
    /// ```
    pub fn start<'p, O>(&'p self) -> Steps<'p, Self, O, C::Counters, G::Active<'p>>
    where
        S: Stop,
        W: Wait<O>,
        P: Predicate<O>,
        C: Cases<O>,
        H: Hooks<O>,
        Z: Sleeper,
        G: Guard<O>,
        O: Outcome + 'p,
    {
        const { refuse_hedge::<O, G>() };
        Steps::start(self)
    }
}
