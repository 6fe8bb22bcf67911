//! The future that gives the outcome of a call alone.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
#[cfg(feature = "tower")]
use core::time::Duration;

use pin_project_lite::pin_project;

use super::call::AsyncCall;
use super::memory::{Abortable, Lean, MemoryKind};
use super::operation::{AsyncOperation, Begins};
use super::types::{CountersOf, OutcomeOf, SleepOf, WatchOf};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
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
        R = Lean,
    >
    where
        P: Policy<OutcomeOf<F, M>>,
        P: ?Sized,
        F: Begins<M>,
        Z: Future<Output = ()>,
        Z: Send,
        G: CallGuardBase,
        R: MemoryKind,
    {
        #[pin]
        call: AsyncCall<'p, P, M, F, Z, C, G, R>,
        marker: PhantomData<fn() -> O>,
    }
}

/// The future of a call that a token can cut.
pub(crate) type RunAbortable<'p, P, O, M, F> =
    RunAsync<'p, P, O, M, F, SleepOf<P, O>, CountersOf<P, O>, WatchOf<'p, P, O>, Abortable>;

impl<'p, P, O, M, F> RunAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    #[inline]
    pub(crate) fn new(policy: &'p P, operation: F) -> Self {
        RunAsync {
            call: AsyncCall::new(policy, operation, None),
            marker: PhantomData,
        }
    }

    /// Ends the call within `limit`, whatever its policy prescribes, if its guards can bind it.
    #[cfg(feature = "tower")]
    pub(crate) fn within(mut self, limit: Option<Duration>) -> Self {
        if let Some(limit) = limit {
            self.call.call.watch().within(limit);
        }
        self
    }

    /// Repeats the attempts of the call in no other way, whatever its policy prescribes.
    #[cfg(feature = "tower")]
    pub(crate) fn repeated(mut self, repeats: Repeats) -> Self {
        self.call.call.limit_repeats(repeats);
        self
    }
}

impl<'p, P, O, M, F> RunAbortable<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    /// Creates a call whose stop aborts attempts; `made_of` makes the outcome of the first, if the guards do not.
    pub(crate) fn abortable(
        policy: &'p P,
        operation: F,
        made_of: Option<fn(Interrupt) -> O>,
    ) -> Self {
        RunAsync {
            call: AsyncCall::new(policy, operation, made_of),
            marker: PhantomData,
        }
    }
}

impl<'p, P, O, M, F, G, R> Future
    for RunAsync<'p, P, O, M, F, SleepOf<P, OutcomeOf<F, M>>, CountersOf<P, OutcomeOf<F, M>>, G, R>
where
    P: Policy<OutcomeOf<F, M>, Sleep: AsyncSleep> + ?Sized,
    F: Begins<M>,
    OutcomeOf<F, M>: Outcome,
    G: CallGuard<OutcomeOf<F, M>> + CallGuardBase,
    R: MemoryKind,
{
    type Output = OutcomeOf<F, M>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut call = self.project().call;
        let over = call.as_mut().poll(cx);
        over.map(|(outcome, end)| call.project().call.outcome(outcome, end))
    }
}
