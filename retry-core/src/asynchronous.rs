//! The async runner: a future that awaits the attempts and the pauses.
//!
//! It is written by hand, and named, so that it is `Send` whenever its parts are, even behind an
//! `impl Policy`.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::future::Future;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::attempt::{Attempt, Handle, Mark};
use crate::cancel::{Cancellation, Cancelled, Listener};
use crate::cases::Cases;
use crate::clock::read_async;
use crate::cut::{Cut, cut};
use crate::guard::{Admission, Bodies, Guard, Hedging, Watch, settle};
use crate::hedge::{Feed, Rules, Slots4};
use crate::interrupt::Interrupt;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::report::Report;
use crate::rest::{Rest, rest};
use crate::sleep::AsyncSleep;
use crate::steps::Steps;
use crate::stop::Stop;

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
    /// What the body leaves its marks on.
    #[doc(hidden)]
    type Handle: Handle;

    /// Begins one attempt.
    #[doc(hidden)]
    fn attempt(&mut self, handle: &Self::Handle) -> Self::Future;
}

impl<O: Outcome, F: FnMut() -> Fut, Fut: Future<Output = O>> AsyncOperation<O, ()> for F {
    type Future = Fut;
    type Handle = ();

    #[inline]
    fn attempt(&mut self, (): &()) -> Fut {
        self()
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

    fn attempt(&mut self, handle: &Arc<Attempt>) -> Fut {
        self(Arc::clone(handle))
    }
}

/// What pauses the calls of a policy.
type Pause<P, O> = <<P as Policy<O>>::Sleep as AsyncSleep>::Sleeping;

/// What cuts the attempts of a policy.
type LimitOf<P, O> = <<P as Policy<O>>::Guards as Guard<O>>::Limit<Pause<P, O>>;

/// What measures the attempts of a policy.
type FeedOf<P, O> = <<<P as Policy<O>>::Guards as Guard<O>>::Hedge as Hedging>::Feed;

/// A hedged attempt: its copies, each with a limit of its own, and the limit of them all.
type Race<A, L, Z> = Cut<Slots4<Cut<A, L>, Z>, L>;

pin_project! {
    /// The future of [`Policy::report_async`].
    ///
    /// It is `Send` only if the outcome is: that is kept over a pause, since the call may end there.
    #[must_use = "futures do nothing unless awaited"]
    pub struct ReportAsync<
        'p,
        P,
        O,
        M,
        F,
        A = <F as AsyncOperation<O, M>>::Future,
        L = LimitOf<P, O>,
        H = <F as AsyncOperation<O, M>>::Handle,
        Z = Pause<P, O>,
        C = <<P as Policy<O>>::Cases as Cases<O>>::Counters,
        G = <<P as Policy<O>>::Guards as Guard<O>>::Watch<'p>,
        D = FeedOf<P, O>,
    >
    where
        P: Policy<O>,
        P: ?Sized,
        P::Sleep: AsyncSleep,
        F: AsyncOperation<O, M>,
    {
        policy: &'p P,
        operation: F,
        timed: bool,
        steps: Steps<'p, P, O, C, G>,
        kept: Option<O>,
        listener: Listener<'p, Z>,
        #[pin]
        stage: Stage<A, L, H, Z, D>,
        marker: PhantomData<fn() -> M>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<Attempt, Limit, Handle, Sleeping, Fed> {
        // In a box, and impossible without a feed: nothing where no attempt is hedged.
        Racing { feed: Fed, race: Pin<Box<Race<Attempt, Limit, Sleeping>>>, handle: Handle },
        Ready,
        Over,
        Attempting { #[pin] attempt: Cut<Attempt, Limit>, handle: Handle },
        Resting { #[pin] rest: Rest<Sleeping> },
    }
}

impl<'p, P, O, M, F> ReportAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    pub(crate) fn new(policy: &'p P, operation: F, timed: bool) -> Self {
        ReportAsync {
            policy,
            operation,
            timed: timed || F::Handle::TIMED,
            steps: Steps::new(policy),
            kept: None,
            listener: Listener::to(Cancellation::never()),
            stage: Stage::Ready,
            marker: PhantomData,
        }
    }
}

impl<'p, P, O, M, F> Future for ReportAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    type Output = Report<O>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Report<O>> {
        let mut this = self.project();
        let (policy, steps) = (*this.policy, this.steps);
        let sleeper = &policy.parts().sleep;
        let tick = |pause| sleeper.sleep(pause);
        loop {
            let made = match this.stage.as_mut().project() {
                // The call begins when it is first polled.
                StageProjection::Ready => {
                    steps.start(read_async, *this.timed);
                    None
                }
                StageProjection::Over => panic!("a call was polled after it was over"),
                StageProjection::Resting { rest } => {
                    let rested = this.listener.pause(cx, |cx| rest.poll(cx), tick);
                    match ready!(rested) {
                        Ok(()) => None,
                        Err(Cancelled) => Some((Err(Interrupt::Cancelled), Mark::default())),
                    }
                }
                StageProjection::Attempting { attempt, handle } => {
                    // The body alone is inside: a timer that panics is none of its business.
                    let watch = steps.watch();
                    let body = |body: Pin<&mut F::Future>, cx: &mut Context<'_>| {
                        watch.inside(|| body.poll(cx))
                    };
                    let poll = |cx: &mut Context<'_>| attempt.poll_by(cx, body);
                    let made = ready!(this.listener.attempt(cx, poll, tick));
                    Some((steps.attempted(made), handle.mark()))
                }
                StageProjection::Racing { race, feed, handle } => {
                    feed.exists();
                    let operation = &mut *this.operation;
                    let poll = |cx: &mut Context<'_>| {
                        steps
                            .watch()
                            .inside_paying(|may_copy: &mut dyn FnMut() -> bool, bodies| {
                                poll_race(
                                    race.as_mut(),
                                    cx,
                                    policy,
                                    operation,
                                    handle,
                                    feed,
                                    may_copy,
                                    bodies,
                                )
                            })
                    };
                    let made = ready!(this.listener.attempt(cx, poll, tick));
                    Some((steps.attempted(made), handle.mark()))
                }
            };
            let (attempted, mark) = match made {
                Some(made) => made,
                None => match steps.watch().admit() {
                    Admission::Go => {
                        steps.begin();
                        let handle = F::Handle::of(|| steps.handle());
                        let limit = P::Guards::limit(steps.watch(), |limit| sleeper.sleep(limit));
                        *this.listener = Listener::to(steps.cutting());
                        match policy.parts().guards.hedge().race() {
                            None => {
                                let attempt = || this.operation.attempt(&handle);
                                let attempt = cut(steps.watch().inside(attempt), limit);
                                this.stage.set(Stage::Attempting { attempt, handle });
                            }
                            Some((slots, feed)) => {
                                let race = Box::pin(cut(slots, limit));
                                this.stage.set(Stage::Racing { race, feed, handle });
                            }
                        }
                        continue;
                    }
                    Admission::Wait(pause) => {
                        *this.listener = Listener::to(steps.cancellation());
                        let rest = rest(sleeper, Some(pause));
                        this.stage.set(Stage::Resting { rest });
                        continue;
                    }
                    Admission::Halt(interrupt) => (Err(interrupt), Mark::default()),
                },
            };
            if attempted.is_err() {
                // What was cut has ended before a callback hears of it.
                this.stage.set(Stage::Over);
            }
            let (outcome, halted) = settle(attempted, this.kept, |i| steps.watch().outcome(i));
            let pause = match steps.judge(&outcome, mark, halted) {
                Ok(pause) => pause,
                Err(end) => {
                    this.stage.set(Stage::Over);
                    return Poll::Ready(steps.report(outcome, end));
                }
            };
            let cancellation = match pause {
                Some(_) => steps.cancellation(),
                // A turn of the runtime ends by itself.
                None => Cancellation::never(),
            };
            *this.listener = Listener::to(cancellation);
            // A token that is not heard in a turn of the runtime can still cut the attempt after it.
            let may_end = !this.listener.is_idle() || policy.parts().stop.cuts();
            if may_end || steps.watch().keeps() {
                *this.kept = Some(outcome);
            } else {
                drop(outcome);
            }
            let rest = rest(sleeper, pause);
            this.stage.set(Stage::Resting { rest });
        }
    }
}

/// Polls a hedged attempt; `may_copy` pays for its further copies, and `bodies` runs them.
fn poll_race<P, O, M, F>(
    race: Pin<&mut Race<F::Future, LimitOf<P, O>, Pause<P, O>>>,
    cx: &mut Context<'_>,
    policy: &P,
    operation: &mut F,
    handle: &F::Handle,
    feed: &mut FeedOf<P, O>,
    may_copy: &mut dyn FnMut() -> bool,
    bodies: &Bodies,
) -> Poll<Result<O, Interrupt>>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: AsyncOperation<O, M>,
{
    let parts = policy.parts();
    let sleep = |pause| parts.sleep.sleep(pause);
    let rules = Rules {
        feed,
        make: || {
            let copy = bodies.run(|| operation.attempt(handle));
            cut(copy, parts.guards.limit_copy(sleep))
        },
        poll: |copy: Pin<&mut Cut<F::Future, _>>, cx: &mut Context<'_>| {
            copy.poll_by(cx, |body, cx| bodies.run(|| body.poll(cx)))
        },
        sleep,
        may_copy,
        judge: |made: Result<O, Interrupt>| {
            let outcome = made.unwrap_or_else(|interrupt| parts.guards.outcome(interrupt));
            let (_, verdict) = parts.rule(&outcome);
            match handle.mark().amend(verdict).is_retry() {
                true => ControlFlow::Continue(outcome),
                false => ControlFlow::Break(outcome),
            }
        },
        clock: read_async,
    };
    race.poll_by(cx, |slots, cx| slots.poll_race(cx, rules))
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
        L = LimitOf<P, O>,
        H = <F as AsyncOperation<O, M>>::Handle,
        Z = Pause<P, O>,
        C = <<P as Policy<O>>::Cases as Cases<O>>::Counters,
        G = <<P as Policy<O>>::Guards as Guard<O>>::Watch<'p>,
        D = FeedOf<P, O>,
    >
    where
        P: Policy<O>,
        P: ?Sized,
        P::Sleep: AsyncSleep,
        F: AsyncOperation<O, M>,
    {
        #[pin]
        report: ReportAsync<'p, P, O, M, F, A, L, H, Z, C, G, D>,
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

    /// The call ends by then, whatever its policy says, if its guards can bind it.
    #[cfg(feature = "tower")]
    pub(crate) fn within(mut self, limit: Option<core::time::Duration>) -> Self {
        if let Some(limit) = limit {
            self.report.timed = true;
            self.report.steps.watch().within(limit);
        }
        self
    }
}

impl<'p, P, O, M, F> Future for RunAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + 'p,
    F: AsyncOperation<O, M>,
{
    type Output = O;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        self.project().report.poll(cx).map(Report::into_outcome)
    }
}
