//! The async runner: a future that awaits the attempts and the pauses.
//!
//! The future is written by hand, and named, so that it is `Send` whenever its parts are, even behind an
//! `impl Policy`. For a future in a task the compiler erases the lifetimes, and checks again, with others,
//! whether it is `Send` and what its output is. So no two types that it stores have to agree: each parameter
//! stands for itself ([`Begins`], [`CallGuardBase`]), and the outcome is that of the operation.

pub(crate) mod operation;
mod race;
mod run;
mod types;

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

pub use self::operation::AsyncOperation;
use self::operation::Begins;
use self::race::{Race, poll_race};
pub use self::run::RunAsync;
use self::types::{CountersOf, LimitOf, OutcomeOf, RecorderOf, SleepOf, WatchOf};
use crate::call::attempt::{AttemptDirective, Handle};
use crate::call::interrupt::{FromInterrupt, Interrupt};
use crate::call::outcome::Outcome;
use crate::call::report::Report;
use crate::cancel::{Cancellation, Cancelled, Listener};
use crate::guard::{
    Admission, CallGuard, CallGuardBase, Hedging, Wakeable, bound, resolve_outcome,
};
use crate::hedge::LatencyRecorder;
use crate::policy::Policy;
use crate::policy::signals::pause_signal;
use crate::policy::steps::Steps;
use crate::stop::Stop;
use crate::time::clock::read_async;
use crate::time::pause::{Pause, pause_or_yield};
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::Timeout;

/// The stage of a call of `F`.
type StageOf<F, M, G, Z> =
    Stage<<F as Begins<M>>::Future, LimitOf<G, Z>, <F as Begins<M>>::Handle, Z, RecorderOf<G>>;

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
        operation: F,
        timed: bool,
        steps: Steps<'p, P, OutcomeOf<F, M>, C, G>,
        kept: Option<OutcomeOf<F, M>>,
        // Makes an outcome of an interrupt where only the stop can interrupt.
        made_of: Option<fn(Interrupt) -> OutcomeOf<F, M>>,
        listener: Listener<'p, Z>,
        #[pin]
        stage: StageOf<F, M, G, Z>,
        marker: PhantomData<fn() -> O>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<Attempt, Limit, Handle, Sleeping, Fed> {
        // In a box, and uninhabited without a hedge, so that it costs nothing where no attempt is hedged.
        Racing { recorder: Fed, race: Pin<Box<Race<Attempt, Limit, Handle, Sleeping>>>, handle: Handle },
        Ready,
        Over,
        Attempting { #[pin] attempt: Timeout<Attempt, Limit>, handle: Handle },
        Resting { #[pin] rest: Pause<Sleeping> },
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
            operation,
            timed: timed || F::Handle::TIMED,
            steps: Steps::new(policy),
            kept: None,
            made_of: None,
            listener: Listener::to(Cancellation::never()),
            stage: Stage::Ready,
            marker: PhantomData,
        }
    }
}

impl<'p, P, O, M, F> ReportAsync<'p, P, O, M, F>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome + FromInterrupt + 'p,
    F: AsyncOperation<O, M>,
{
    /// Lets the stop abort the first attempt too.
    pub(crate) fn abortable(mut self) -> Self {
        self.made_of = Some(O::from_interrupt);
        self
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
        let mut this = self.project();
        let steps = this.steps;
        let policy = steps.policy();
        let (name, sleeper) = (policy.parts().name, &policy.parts().sleep);
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
                    let rests = |cx: &mut Context<'_>| match rest.poll(cx) {
                        Poll::Ready(()) => Poll::Ready(()),
                        Poll::Pending => steps.watch().poll_woken(cx),
                    };
                    let rested = ready!(this.listener.pause(cx, rests, tick));
                    steps.watch().paused();
                    match rested {
                        Ok(()) => None,
                        Err(Cancelled) => {
                            Some((Err(Interrupt::Cancelled), AttemptDirective::default()))
                        }
                    }
                }
                StageProjection::Attempting { attempt, handle } => {
                    // Only the body is inside: a panic of a timer is not a panic of the body.
                    let watch = steps.watch();
                    let poll = |cx: &mut Context<'_>| {
                        let body = |body: Pin<&mut F::Future>, cx: &mut Context<'_>| {
                            watch.inside(|| body.poll(cx))
                        };
                        let made = attempt.poll_by(cx, body);
                        by_deadline(made, watch, cx)
                    };
                    let made = ready!(this.listener.attempt(cx, poll, tick));
                    Some((steps.attempted(made), handle.directive()))
                }
                StageProjection::Racing {
                    race,
                    recorder,
                    handle,
                } => {
                    recorder.assert_inhabited();
                    let operation = &mut *this.operation;
                    let (each, mut cut) = (steps.watch().each(), None);
                    let (number, hedge) = (steps.number(), steps.watch().hedge());
                    let uncopied = steps.is_uncopied();
                    let watch = steps.watch();
                    let poll = |cx: &mut Context<'_>| {
                        let raced =
                            watch.inside_paying(|may_copy: &mut dyn FnMut() -> bool, bodies| {
                                let race = race.as_mut();
                                let may_copy = &mut || !uncopied && may_copy();
                                poll_race::<_, M, _, G, _, _>(
                                    race, cx, policy, operation, handle, recorder, may_copy,
                                    bodies, each, number, hedge, &mut cut,
                                )
                            });
                        by_deadline(raced, watch, cx)
                    };
                    let made = ready!(this.listener.attempt(cx, poll, tick));
                    if let Some(interrupt) = cut {
                        steps.watch().interrupted(interrupt);
                    }
                    // The marks are those of the copy whose outcome it is; the marks of the other copies are
                    // lost.
                    let (made, mark) = match made {
                        Ok(Ok((outcome, mark))) => (Ok(Ok(outcome)), mark),
                        Ok(Err(interrupt)) => (Ok(Err(interrupt)), AttemptDirective::default()),
                        Err(cancelled) => (Err(cancelled), AttemptDirective::default()),
                    };
                    Some((steps.attempted(made), mark))
                }
            };
            let (attempted, mark) = match made {
                Some(made) => made,
                None => match steps.watch().admit() {
                    Admission::Go => {
                        steps.begin(name);
                        let handle = F::Handle::of(|| steps.handle());
                        let limit = CallGuard::limit(steps.watch());
                        bound(
                            steps.watch(),
                            sleeper.is_ours(),
                            limit.map(|(left, _)| left),
                        );
                        let limit = G::timer(limit, tick);
                        let ends = this.made_of.is_some() || this.kept.is_some();
                        *this.listener = Listener::to(steps.abort_signal(ends));
                        match steps.watch().hedge().race() {
                            None => {
                                let attempt = || this.operation.attempt(&handle);
                                let attempt = Timeout::new(steps.watch().inside(attempt), limit);
                                this.stage.set(Stage::Attempting { attempt, handle });
                            }
                            Some((slots, mut recorder)) => {
                                recorder.hears_of_drops(read_async);
                                let race = Box::pin(Timeout::new(slots, limit));
                                this.stage.set(Stage::Racing {
                                    race,
                                    recorder,
                                    handle,
                                });
                            }
                        }
                        continue;
                    }
                    Admission::Wait(pause) => {
                        steps.wait();
                        *this.listener = Listener::to(steps.cancellation());
                        bound(steps.watch(), sleeper.is_ours(), Some(pause));
                        let rest = pause_or_yield(sleeper, Some(pause));
                        this.stage.set(Stage::Resting { rest });
                        continue;
                    }
                    Admission::Halt(interrupt) => (Err(interrupt), AttemptDirective::default()),
                },
            };
            if attempted.is_err() {
                // A cut attempt is dropped before a callback runs.
                this.stage.set(Stage::Over);
            }
            let (outcome, halted) = resolve_outcome(
                attempted,
                || this.kept.take(),
                |i| match this.made_of {
                    Some(made_of) => made_of(i),
                    None => steps.watch().outcome(i),
                },
            );
            let failed = outcome.error().is_some();
            let pause = match steps.judge(name, &outcome, failed, mark, halted) {
                Ok(pause) => pause,
                Err(end) => {
                    this.stage.set(Stage::Over);
                    return Poll::Ready(steps.report(outcome, end));
                }
            };
            *this.listener = Listener::to(pause_signal(pause, &policy.parts().stop));
            // A token that is not observed in a yield to the runtime can still cut the attempt after it.
            let may_end = !this.listener.is_idle() || policy.parts().stop.aborts_attempt();
            let outcome = (may_end || steps.watch().keeps()).then_some(outcome);
            let made = this.made_of.is_some() || steps.watch().interrupts();
            *this.kept = outcome.and_then(|it| it.kept_over_pause(made));
            bound(steps.watch(), sleeper.is_ours(), pause);
            let rest = pause_or_yield(sleeper, pause);
            this.stage.set(Stage::Resting { rest });
        }
    }
}

/// Ends a pending attempt at the deadline, in case the user's own sleeper is late.
#[inline(always)]
pub(crate) fn by_deadline<T>(
    made: Poll<Result<T, Interrupt>>,
    watch: &mut impl Wakeable,
    cx: &mut Context<'_>,
) -> Poll<Result<T, Interrupt>> {
    match made {
        Poll::Ready(made) => Poll::Ready(made),
        Poll::Pending => watch.poll_woken(cx).map(|()| Err(Interrupt::Deadline)),
    }
}
