//! A call in progress, which both futures poll.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::deadline::by_deadline;
use super::memory::{AsyncMemory, MemoryKind};
use super::operation::Begins;
use super::race::{Copies, Race, poll_race};
use super::rest::{poll_rest, rest};
use super::types::{CountersOf, LimitOf, OutcomeOf, RecorderOf, SleepOf, WatchOf};
use crate::call::attempt::{AttemptDirective, Handle};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::guard::{Admission, CallGuard, CallGuardBase, Guard, Hedging, bound, resolve_outcome};
use crate::hedge::LatencyRecorder;
use crate::policy::Policy;
use crate::policy::steps::{End, PolicyCall};
use crate::stop::Stop;
use crate::telemetry;
use crate::time::clock::read_async;
use crate::time::pause::Pause;
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::Timeout;

/// The stage of a call of `F`.
type StageOf<F, M, G, Z> =
    Stage<<F as Begins<M>>::Future, LimitOf<G, Z>, <F as Begins<M>>::Handle, Z, RecorderOf<G>>;

/// The memory of a call of `F`.
type MemoryOf<'p, R, F, M, Z> = <R as MemoryKind>::Of<'p, OutcomeOf<F, M>, Z>;

pin_project! {
    /// A call in progress.
    ///
    /// It is `Send` only if the outcome is: an error is kept over a pause, since the call may end there.
    pub struct AsyncCall<'p, P, M, F, Z, C, G, R>
    where
        P: Policy<OutcomeOf<F, M>>,
        P: ?Sized,
        F: Begins<M>,
        Z: Future<Output = ()>,
        Z: Send,
        G: CallGuardBase,
        R: MemoryKind,
    {
        operation: F,
        #[pin]
        stage: StageOf<F, M, G, Z>,
        // Dropped last: the place of a call is given back after its attempt is dropped.
        pub(super) call: PolicyCall<'p, P, OutcomeOf<F, M>, C, G, MemoryOf<'p, R, F, M, Z>>,
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

impl<'p, P, M, F, R>
    AsyncCall<
        'p,
        P,
        M,
        F,
        SleepOf<P, OutcomeOf<F, M>>,
        CountersOf<P, OutcomeOf<F, M>>,
        WatchOf<'p, P, OutcomeOf<F, M>>,
        R,
    >
where
    P: Policy<OutcomeOf<F, M>, Sleep: AsyncSleep> + ?Sized,
    F: Begins<M>,
    OutcomeOf<F, M>: 'p,
    R: MemoryKind,
{
    /// Creates a call that has not begun; `made_of` makes an outcome of an interrupt that only the stop can cause.
    #[inline]
    pub(super) fn new(
        policy: &'p P,
        operation: F,
        made_of: Option<fn(Interrupt) -> OutcomeOf<F, M>>,
    ) -> Self {
        AsyncCall {
            operation,
            call: PolicyCall::new(policy, AsyncMemory::new(made_of)),
            stage: Stage::Ready,
        }
    }
}

impl<'p, P, M, F, G, R>
    AsyncCall<'p, P, M, F, SleepOf<P, OutcomeOf<F, M>>, CountersOf<P, OutcomeOf<F, M>>, G, R>
where
    P: Policy<OutcomeOf<F, M>, Sleep: AsyncSleep> + ?Sized,
    F: Begins<M>,
    OutcomeOf<F, M>: Outcome,
    G: CallGuard<OutcomeOf<F, M>> + CallGuardBase,
    R: MemoryKind,
{
    /// Polls the call, until it is over.
    #[inline]
    pub(super) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<(OutcomeOf<F, M>, End)> {
        let mut this = self.project();
        let call = this.call;
        let policy = call.policy();
        let (name, sleeper) = (policy.parts().call_name(), &policy.parts().sleep);
        let stop = &policy.parts().stop;
        let tick = |pause| sleeper.sleep(pause);
        let mut has_waited = false;
        loop {
            let mut interrupt = None;
            if !this.stage.is_in_flight() {
                // The call begins when it is first polled.
                if let Stage::Ready = *this.stage {
                    call.start(read_async, F::Handle::TIMED);
                } else if let StageProjection::Resting { rest } = this.stage.as_mut().project() {
                    let is_cancelled = ready!(poll_rest(call, rest, tick, cx));
                    interrupt = is_cancelled.then_some(Interrupt::Cancelled);
                } else {
                    panic!("a call was polled after it was over");
                }
                let admission = match interrupt {
                    Some(interrupt) => Admission::Halt(interrupt),
                    None => call.watch().admit(),
                };
                match admission {
                    Admission::Halt(halted) => interrupt = Some(halted),
                    Admission::Wait(pause) => {
                        call.wait();
                        call.memory().hush();
                        // Other tasks run between two pauses of a sleeper that returns at once.
                        let pause = (!core::mem::replace(&mut has_waited, true)).then_some(pause);
                        let rest = rest(call.watch(), sleeper, pause);
                        this.stage.set(Stage::Resting { rest });
                        continue;
                    }
                    Admission::Go => {
                        call.begin(name);
                        let handle = F::Handle::of(|| call.handle());
                        let limit = CallGuard::limit(call.watch());
                        bound(call.watch(), sleeper.is_ours(), limit.map(|(left, _)| left));
                        let limit = G::timer(limit, tick);
                        if stop.aborts_attempt() {
                            let (watch, memory) = call.watch_and_memory();
                            memory.hush();
                            if !memory.has_outcome(watch) {
                                telemetry::uncut(name);
                            }
                        }
                        match call.watch().hedge().race() {
                            None => {
                                let attempt = || this.operation.attempt(&handle);
                                let attempt = Timeout::new(call.watch().inside(attempt), limit);
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
                    }
                }
            }
            let (attempted, mark) = match this.stage.as_mut().project() {
                StageProjection::Attempting { attempt, handle } if interrupt.is_none() => {
                    let (watch, memory) = call.watch_and_memory();
                    let aborts = stop.aborts_attempt() && memory.has_outcome(watch);
                    let (has_come, signal) = (|| stop.is_aborted(), || stop.abort_signal());
                    // Only the body is inside: a panic of a timer is not a panic of the body.
                    let poll = |cx: &mut Context<'_>| {
                        let body = |body: Pin<&mut F::Future>, cx: &mut Context<'_>| {
                            watch.inside(|| body.poll(cx))
                        };
                        let made = attempt.poll_by(cx, body);
                        by_deadline(made, watch, cx)
                    };
                    let made = match aborts {
                        true => memory.attempt_until(cx, poll, tick, has_come, signal),
                        false => poll(cx).map(Ok),
                    };
                    let (made, mark) = (ready!(made), handle.directive());
                    if !matches!(made, Ok(Ok(_))) {
                        // A cut attempt is dropped before a callback runs, and before another call gets its place.
                        this.stage.set(Stage::Over);
                    }
                    (call.attempted(made), mark)
                }
                StageProjection::Racing {
                    race,
                    recorder,
                    handle,
                } if interrupt.is_none() => {
                    recorder.assert_inhabited();
                    let operation = &mut *this.operation;
                    let (parts, number) = (policy.parts(), call.number());
                    let (each, (watch, memory)) = (call.watch().each(), call.watch_and_memory());
                    let copies = Copies {
                        name,
                        recorder,
                        handle: &*handle,
                        each,
                        aborts: stop.aborts_attempt() && memory.has_outcome(watch),
                        begin: |handle: &F::Handle| operation.attempt(handle),
                        judge: |made: Result<OutcomeOf<F, M>, Interrupt>| {
                            let cut = made.as_ref().err().copied();
                            let outcome =
                                made.unwrap_or_else(|interrupt| parts.guards.outcome(interrupt));
                            let (_, verdict) = parts.rule(&outcome, number);
                            ((outcome, cut), verdict)
                        },
                    };
                    let made = ready!(poll_race(call, race.as_mut(), copies, cx));
                    let (made, mark) = match made {
                        Ok(Ok(((outcome, cut), mark))) => {
                            if let Some(interrupt) = cut {
                                call.watch().interrupted(interrupt);
                            }
                            (Ok(Ok(outcome)), mark)
                        }
                        Ok(Err(interrupt)) => (Ok(Err(interrupt)), AttemptDirective::default()),
                        Err(cancelled) => (Err(cancelled), AttemptDirective::default()),
                    };
                    // The copies that lost are dropped.
                    this.stage.set(Stage::Over);
                    (call.attempted(made), mark)
                }
                _ => {
                    let interrupt = interrupt.expect("an attempt is in flight");
                    (Err(interrupt), AttemptDirective::default())
                }
            };
            let (outcome, halted) = {
                let (watch, memory) = call.watch_and_memory();
                let made_of = memory.made_of();
                resolve_outcome(
                    attempted,
                    || memory.take_kept(),
                    |interrupt| match made_of {
                        Some(made_of) => made_of(interrupt),
                        None => watch.outcome(interrupt),
                    },
                )
            };
            let failed = outcome.error().is_some();
            let pause = match call.judge(name, &outcome, failed, mark, halted) {
                Ok(pause) => pause,
                Err(end) => {
                    this.stage.set(Stage::Over);
                    return Poll::Ready((outcome, end));
                }
            };
            let is_cancellable = stop.cancels() || stop.aborts_attempt();
            if is_cancellable {
                call.memory().hush();
            }
            if is_cancellable || call.watch().keeps() {
                let (watch, memory) = call.watch_and_memory();
                let replaceable = memory.made_of().is_some() || watch.interrupts();
                memory.keep(outcome.kept_over_pause(replaceable));
            } else {
                drop(outcome);
            }
            let rest = rest(call.watch(), sleeper, pause);
            this.stage.set(Stage::Resting { rest });
        }
    }
}

impl<Attempt, Limit, Handle, Sleeping, Fed> Stage<Attempt, Limit, Handle, Sleeping, Fed> {
    /// Returns whether an attempt was begun that has no outcome yet.
    #[inline(always)]
    fn is_in_flight(&self) -> bool {
        matches!(self, Stage::Attempting { .. } | Stage::Racing { .. })
    }
}
