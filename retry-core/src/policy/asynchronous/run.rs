//! The future that gives the outcome of a call alone.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
#[cfg(feature = "tower")]
use core::time::Duration;

use pin_project_lite::pin_project;

use super::ReportAsync;
use super::operation::{AsyncOperation, Begins};
use super::types::{CountersOf, OutcomeOf, SleepOf, WatchOf};
use crate::call::interrupt::FromInterrupt;
use crate::call::outcome::Outcome;
use crate::call::report::Report;
use crate::guard::{CallGuard, CallGuardBase};
use crate::policy::Policy;
#[cfg(feature = "tower")]
use crate::policy::steps::Repeats;
use crate::time::sleep::AsyncSleep;

pin_project! {
    /// The future of [`Policy::run_async`](crate::Policy::run_async).
    #[must_use = "futures do nothing unless awaited"]
    pub struct RunAsync<
        'p,
        P,
        O,
        M,
        F,
        Z = SleepOf<P, O>,
        C = CountersOf<P, O>,
        G = WatchOf<'p, P, O>,
    >
    where
        P: Policy<OutcomeOf<F, M>>,
        P: ?Sized,
        F: Begins<M>,
        Z: Future<Output = ()>,
        Z: Send,
        G: CallGuardBase,
    {
        #[pin]
        report: ReportAsync<'p, P, O, M, F, Z, C, G>,
    }
}

impl<'p, P, O, M, F> RunAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    pub(crate) fn new(policy: &'p P, operation: F) -> Self {
        RunAsync {
            report: ReportAsync::new(policy, operation, false),
        }
    }

    /// Ends the call within `limit`, whatever its policy prescribes, if its guards can bind it.
    #[cfg(feature = "tower")]
    pub(crate) fn within(mut self, limit: Option<Duration>) -> Self {
        if let Some(limit) = limit {
            self.report.timed = true;
            self.report.steps.watch().within(limit);
        }
        self
    }

    /// Repeats the attempts of the call in no other way, whatever its policy prescribes.
    #[cfg(feature = "tower")]
    pub(crate) fn repeated(mut self, repeats: Repeats) -> Self {
        self.report.steps.limit_repeats(repeats);
        self
    }
}

impl<'p, P, O, M, F> RunAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + FromInterrupt + 'p,
    F: AsyncOperation<O, M>,
{
    /// Lets the stop abort the first attempt too.
    pub(crate) fn abortable(self) -> Self {
        RunAsync {
            report: self.report.abortable(),
        }
    }
}

impl<'p, P, O, M, F, G> Future
    for RunAsync<'p, P, O, M, F, SleepOf<P, OutcomeOf<F, M>>, CountersOf<P, OutcomeOf<F, M>>, G>
where
    P: Policy<OutcomeOf<F, M>, Sleep: AsyncSleep> + ?Sized,
    F: Begins<M>,
    OutcomeOf<F, M>: Outcome,
    G: CallGuard<OutcomeOf<F, M>> + CallGuardBase,
{
    type Output = OutcomeOf<F, M>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().report.poll(cx).map(Report::into_outcome)
    }
}
