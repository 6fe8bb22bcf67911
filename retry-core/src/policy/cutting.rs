//! A policy whose stop cuts, as its type says, and whose guards make no outcome of an interrupt.

use super::{Policy, RetryPolicy};
use crate::call::interrupt::FromInterrupt;
use crate::call::outcome::Outcome;
use crate::guard::Uninterrupted;
use crate::policy::asynchronous::{AsyncOperation, ReportAsync, RunAsync};
use crate::stop::AbortsAttempt;
use crate::time::sleep::AsyncSleep;

/// These come before the methods of [`Policy`], which they are otherwise: the outcome is one that can be
/// made of an interrupt.
impl<S: AbortsAttempt, W, P, C, H, Z, G: Uninterrupted> RetryPolicy<S, W, P, C, H, Z, G> {
    /// As [`Policy::run_async`]; the token also cuts an attempt that has no outcome before it.
    #[doc(hidden)]
    pub fn run_async<'p, O, M, F>(&'p self, operation: F) -> RunAsync<'p, Self, O, M, F>
    where
        Self: Policy<O, Sleep: AsyncSleep>,
        O: Outcome + FromInterrupt + 'p,
        F: AsyncOperation<O, M>,
    {
        RunAsync::new(self, operation).cut()
    }

    /// As [`Policy::report_async`]; the token also cuts an attempt that has no outcome before it.
    #[doc(hidden)]
    pub fn report_async<'p, O, M, F>(&'p self, operation: F) -> ReportAsync<'p, Self, O, M, F>
    where
        Self: Policy<O, Sleep: AsyncSleep>,
        O: Outcome + FromInterrupt + 'p,
        F: AsyncOperation<O, M>,
    {
        ReportAsync::new(self, operation, true).cut()
    }
}
