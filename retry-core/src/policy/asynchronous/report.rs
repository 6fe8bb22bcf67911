//! The future that gives the report of a call.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::call::AsyncCall;
use super::memory::Reported;
use super::operation::{AsyncOperation, Begins};
use super::types::{CountersOf, OutcomeOf, SleepOf, WatchOf};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::call::report::Report;
use crate::guard::{CallGuard, CallGuardBase};
use crate::policy::Policy;
use crate::time::sleep::AsyncSleep;

pin_project! {
    /// The future of [`Policy::report_async`].
    ///
    /// It is `Send` only if the outcome is: an error is kept over a pause, since the call may end there.
    #[must_use = "futures do nothing unless awaited"]
    pub struct ReportAsync<
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
        call: AsyncCall<'p, P, M, F, Z, C, G, Reported>,
        marker: PhantomData<fn() -> O>,
    }
}

impl<'p, P, O, M, F> ReportAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    /// Creates a call; `made_of` makes an outcome of an interrupt that only the stop can cause.
    pub(crate) fn new(policy: &'p P, operation: F, made_of: Option<fn(Interrupt) -> O>) -> Self {
        ReportAsync {
            call: AsyncCall::new(policy, operation, made_of),
            marker: PhantomData,
        }
    }
}

impl<'p, P, O, M, F, G> Future
    for ReportAsync<'p, P, O, M, F, SleepOf<P, OutcomeOf<F, M>>, CountersOf<P, OutcomeOf<F, M>>, G>
where
    P: Policy<OutcomeOf<F, M>, Sleep: AsyncSleep> + ?Sized,
    F: Begins<M>,
    OutcomeOf<F, M>: Outcome,
    G: CallGuard<OutcomeOf<F, M>> + CallGuardBase,
{
    type Output = Report<OutcomeOf<F, M>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut call = self.project().call;
        let over = call.as_mut().poll(cx);
        over.map(|(outcome, end)| call.project().call.report(outcome, end))
    }
}
