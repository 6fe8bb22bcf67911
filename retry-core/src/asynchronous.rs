//! The async runner: a future that awaits the attempts and the pauses.
//!
//! It is written by hand, and named, so that it is `Send` whenever its parts are, even behind an
//! `impl Policy`.

use alloc::sync::Arc;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::attempt::{Attempt, Mark};
use crate::cases::Cases;
use crate::clock::read_async;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::rest::{Rest, rest};
use crate::sleep::AsyncSleep;
use crate::steps::{Report, Steps};

/// What [`Policy::run_async`] calls: `FnMut() -> Fut`, or `FnMut(Arc<Attempt>) -> Fut`.
///
/// `M` tells the two apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation whose future gives `{O}`",
    label = "expected `|| async {{ .. }}` or `|at: Arc<Attempt>| async move {{ .. }}`"
)]
pub trait AsyncOperation<O, M> {
    /// One attempt under way.
    #[doc(hidden)]
    type Future: Future<Output = O>;
    /// What the attempt leaves its marks on.
    #[doc(hidden)]
    type Handle: Marks;
    /// Whether the body can ask for the elapsed time.
    #[doc(hidden)]
    const TIMED: bool;

    /// Begins one attempt.
    #[doc(hidden)]
    fn attempt<P: Policy<O> + ?Sized>(
        &mut self,
        steps: &Steps<'_, P, O>,
    ) -> (Self::Future, Self::Handle);
}

/// The marks of an attempt that is over.
#[doc(hidden)]
pub trait Marks {
    fn mark(&self) -> Mark;
}

impl Marks for () {
    #[inline]
    fn mark(&self) -> Mark {
        Mark::default()
    }
}

impl Marks for Arc<Attempt> {
    fn mark(&self) -> Mark {
        (**self).mark()
    }
}

impl<O: Outcome, F: FnMut() -> Fut, Fut: Future<Output = O>> AsyncOperation<O, ()> for F {
    type Future = Fut;
    type Handle = ();
    const TIMED: bool = false;

    #[inline]
    fn attempt<P: Policy<O> + ?Sized>(&mut self, _: &Steps<'_, P, O>) -> (Fut, ()) {
        (self(), ())
    }
}

impl<O, F, Fut> AsyncOperation<O, Attempt> for F
where
    O: Outcome,
    F: FnMut(Arc<Attempt>) -> Fut,
    Fut: Future<Output = O>,
{
    type Future = Fut;
    type Handle = Arc<Attempt>;
    const TIMED: bool = true;

    fn attempt<P: Policy<O> + ?Sized>(&mut self, steps: &Steps<'_, P, O>) -> (Fut, Arc<Attempt>) {
        let attempt = Arc::new(Attempt::new(steps.number(), steps.watch()));
        (self(Arc::clone(&attempt)), attempt)
    }
}

pin_project! {
    /// The future of [`Policy::report_async`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct ReportAsync<
        'p,
        P,
        O,
        M,
        F,
        A = <F as AsyncOperation<O, M>>::Future,
        H = <F as AsyncOperation<O, M>>::Handle,
        Z = <<P as Policy<O>>::Sleep as AsyncSleep>::Sleeping,
        C = <<P as Policy<O>>::Cases as Cases<O>>::Counters,
    >
    where
        P: Policy<O>,
        P: ?Sized,
        P::Sleep: AsyncSleep,
        F: AsyncOperation<O, M>,
    {
        policy: &'p P,
        steps: Steps<'p, P, O, C>,
        operation: F,
        #[pin]
        stage: Stage<A, H, Z>,
        marker: PhantomData<fn() -> M>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<Attempt, Handle, Sleeping> {
        Ready,
        Over,
        Attempting { #[pin] attempt: Attempt, handle: Handle },
        Resting { #[pin] rest: Rest<Sleeping> },
    }
}

impl<'p, P, O, M, F> ReportAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: AsyncOperation<O, M>,
{
    pub(crate) fn new(policy: &'p P, operation: F, timed: bool) -> Self {
        let steps = Steps::new(policy, read_async, timed || F::TIMED);
        ReportAsync {
            policy,
            steps,
            operation,
            stage: Stage::Ready,
            marker: PhantomData,
        }
    }
}

impl<P, O, M, F> Future for ReportAsync<'_, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: AsyncOperation<O, M>,
{
    type Output = Report<O>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Report<O>> {
        let mut this = self.project();
        loop {
            match this.stage.as_mut().project() {
                // The call begins when it is first polled.
                StageProjection::Ready => this.steps.start(),
                StageProjection::Over => panic!("a call was polled after it was over"),
                StageProjection::Resting { rest } => ready!(rest.poll(cx)),
                StageProjection::Attempting { attempt, handle } => {
                    let outcome = ready!(attempt.poll(cx));
                    let stage = match this.steps.judge(&outcome, handle.mark()) {
                        Err(reason) => {
                            this.stage.set(Stage::Over);
                            return Poll::Ready(this.steps.report(outcome, reason));
                        }
                        Ok(pause) => Stage::Resting {
                            rest: rest(&this.policy.parts().sleep, pause),
                        },
                    };
                    this.stage.set(stage);
                    continue;
                }
            }
            this.steps.begin();
            let (attempt, handle) = this.operation.attempt(this.steps);
            this.stage.set(Stage::Attempting { attempt, handle });
        }
    }
}

pin_project! {
    /// The future of [`Policy::run_async`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct RunAsync<
        'p,
        P,
        O,
        M,
        F,
        A = <F as AsyncOperation<O, M>>::Future,
        H = <F as AsyncOperation<O, M>>::Handle,
        Z = <<P as Policy<O>>::Sleep as AsyncSleep>::Sleeping,
        C = <<P as Policy<O>>::Cases as Cases<O>>::Counters,
    >
    where
        P: Policy<O>,
        P: ?Sized,
        P::Sleep: AsyncSleep,
        F: AsyncOperation<O, M>,
    {
        #[pin]
        report: ReportAsync<'p, P, O, M, F, A, H, Z, C>,
    }
}

impl<'p, P, O, M, F> RunAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: AsyncOperation<O, M>,
{
    pub(crate) fn new(policy: &'p P, operation: F) -> Self {
        RunAsync {
            report: ReportAsync::new(policy, operation, false),
        }
    }
}

impl<P, O, M, F> Future for RunAsync<'_, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: AsyncOperation<O, M>,
{
    type Output = O;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        self.project().report.poll(cx).map(Report::into_outcome)
    }
}
