//! The steps of a stream: it is opened, gives items, breaks, and is opened again.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::stream::Stream;

use super::idle::Idle;
use super::run::{Progress, RunStream, Stage, StageProjection};
use crate::call::attempt::AttemptDirective;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::guard::{Admission, CallGuard, CallGuardBase, bound};
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::rest::{poll_rest, rest};
use crate::policy::asynchronous::types::{CountersOf, LimitOf, SleepOf};
use crate::policy::steps::{Ending, PolicyCall};
use crate::stop::Stop;
use crate::time::clock::read_async;
use crate::time::sleep::AsyncSleep;

/// The news of a stream.
enum News<O> {
    Item(O),
    Ended,
    /// An interrupt cut it.
    Cut(Interrupt),
    /// An interrupt came before it was opened.
    Refused(Interrupt),
}

impl<'p, P, O, K, F, A, S, I, G> Stream
    for RunStream<'p, P, O, K, F, A, S, I, SleepOf<P, O>, CountersOf<P, O>, G>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: FnMut(K) -> S,
    K: Clone,
    A: FnMut(&O::Value) -> K,
    S: Stream<Item = O>,
    I: Idle<O, SleepOf<P, O>>,
    G: CallGuard<O> + CallGuardBase,
{
    type Item = O;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<O>> {
        let mut this = self.as_mut().project();
        let StageProjection::Open { stream, limit } = this.stage.as_mut().project() else {
            return self.step(cx, None);
        };
        let idle = this.idle.as_mut();
        let heartbeats = || heartbeats_at(*this.heartbeats, this.cursor);
        match ready!(poll_open(this.call, stream, limit, idle, heartbeats, cx)) {
            // The way of all items but the first of an opening.
            News::Item(item) if this.progress.moved => match item.value() {
                Some(value) => {
                    *this.cursor = (this.after)(value);
                    this.idle.moved();
                    this.progress.failed = false;
                    Poll::Ready(Some(item))
                }
                None => self.step(cx, Some(News::Item(item))),
            },
            news => self.step(cx, Some(news)),
        }
    }
}

impl<'p, P, O, K, F, A, S, I, G>
    RunStream<'p, P, O, K, F, A, S, I, SleepOf<P, O>, CountersOf<P, O>, G>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: FnMut(K) -> S,
    K: Clone,
    A: FnMut(&O::Value) -> K,
    S: Stream<Item = O>,
    I: Idle<O, SleepOf<P, O>>,
    G: CallGuard<O> + CallGuardBase,
{
    /// Takes the steps that follow the news of the opened stream, if it has any.
    #[inline(never)]
    fn step(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut news: Option<News<O>>,
    ) -> Poll<Option<O>> {
        let mut this = self.project();
        let (call, progress) = (this.call, this.progress);
        let parts = call.policy().parts();
        let (name, sleeper, stop) = (parts.name, &parts.sleep, &parts.stop);
        let tick = |pause| sleeper.sleep(pause);
        let mut has_waited = false;
        loop {
            let news = match this.stage.as_mut().project() {
                StageProjection::Open { stream, mut limit } => {
                    let idle = this.idle.as_mut();
                    let news = match news.take() {
                        Some(news) => news,
                        None => {
                            let heartbeats = || heartbeats_at(*this.heartbeats, this.cursor);
                            let limit = limit.as_mut();
                            ready!(poll_open(call, stream, limit, idle, heartbeats, cx))
                        }
                    };
                    match news {
                        News::Item(item) if item.error().is_none() => {
                            if let Some(value) = item.value() {
                                *this.cursor = (this.after)(value);
                            }
                            this.idle.moved();
                            if !core::mem::replace(&mut progress.moved, true) {
                                call.memory().keep(None);
                                if !core::mem::replace(&mut progress.answered, true) {
                                    let (_, verdict) = call.rule(&item);
                                    call.answered(&item, verdict, false);
                                }
                                // From here on the deadline alone bounds it.
                                let left = call.watch().time_left(Duration::ZERO);
                                limit.set(G::timer(left, tick));
                            }
                            progress.failed = false;
                            return Poll::Ready(Some(item));
                        }
                        news => news,
                    }
                }
                StageProjection::Over => return Poll::Ready(None),
                stage => {
                    let cancelled = match stage {
                        StageProjection::Resting { rest } => {
                            ready!(poll_rest(call, rest, tick, cx))
                        }
                        _ => {
                            call.start(read_async, false);
                            false
                        }
                    };
                    match call.watch().admit_unless(cancelled) {
                        Admission::Halt(interrupt) => News::Refused(interrupt),
                        Admission::Wait(pause) => {
                            call.wait();
                            call.memory().hush();
                            // Other tasks run between two pauses of a sleeper that returns at once.
                            let pause =
                                (!core::mem::replace(&mut has_waited, true)).then_some(pause);
                            let rest = rest(call.watch(), sleeper, pause);
                            this.stage.set(Stage::Resting { rest });
                            continue;
                        }
                        Admission::Go => {
                            call.begin(name);
                            *progress = Progress::default();
                            let limit = CallGuard::limit(call.watch());
                            let longest = limit.map(|(left, _)| left);
                            bound(call.watch(), sleeper.is_ours(), longest);
                            let limit = G::timer(limit, tick);
                            call.memory().hush();
                            let cursor = this.cursor.clone();
                            let stream = call.watch().inside(|| (this.open)(cursor));
                            this.idle.as_mut().moved();
                            this.stage.set(Stage::Open { stream, limit });
                            continue;
                        }
                    }
                }
            };
            let (mut halted, mut ruled) = (None, None);
            let cut = match news {
                News::Cut(interrupt) => Some(interrupt),
                _ => None,
            };
            let outcome = match news {
                News::Item(outcome) => {
                    let (class, verdict) = call.rule(&outcome);
                    if !verdict.is_retry() {
                        // It goes on, unless it ends by itself.
                        progress.failed = true;
                        if !core::mem::replace(&mut progress.answered, true) {
                            call.answered(&outcome, verdict, true);
                        }
                        return Poll::Ready(Some(outcome));
                    }
                    ruled = Some((class, verdict));
                    Some(outcome)
                }
                // Whatever a final error says of the service, it says it of the next opening too.
                News::Ended => match this.ended {
                    Some(_) if progress.failed => None,
                    Some(_) if call.watch().interrupts() => {
                        Some(call.watch().outcome(Interrupt::StreamEnded))
                    }
                    Some(ended) => Some(ended(Interrupt::StreamEnded)),
                    None => None,
                },
                News::Cut(interrupt) | News::Refused(interrupt) => {
                    halted = interrupt.reason();
                    let kept = halted.and_then(|_| call.memory().take_kept());
                    kept.or_else(|| match call.watch().interrupts() {
                        true => Some(call.watch().outcome(interrupt)),
                        false => this.idle.as_ref().get_ref().outcome(interrupt),
                    })
                }
            };
            // A stream that broke is dropped before a callback runs, and before another call gets its place.
            this.stage.set(Stage::Over);
            if let Some(interrupt) = cut {
                call.watch().interrupted(interrupt);
            }
            let Some(outcome) = outcome else {
                let failed = progress.failed.then_some(StopReason::Final);
                call.finish(name, halted.or(failed));
                return Poll::Ready(None);
            };
            let mut mark = AttemptDirective::default();
            let ending = Ending {
                floor: this.hint.and_then(|hint| hint(this.cursor)),
                silence: match cut {
                    Some(Interrupt::AttemptTimeout) => this.idle.silence(),
                    _ => Duration::ZERO,
                },
            };
            if *this.restarts && (progress.moved || call.opening_held(ending)) {
                call.restart();
                mark = AttemptDirective::RESET;
            }
            let failed = outcome.error().is_some();
            let judged = match halted {
                Some(_) => call.judge(name, &outcome, failed, mark, halted),
                None => {
                    let ruled = ruled.unwrap_or_else(|| call.rule(&outcome));
                    call.judge_ruled(name, &outcome, failed, mark, ruled, ending)
                }
            };
            let pause = match judged {
                Ok(pause) => pause,
                Err(end) => return Poll::Ready(Some(call.outcome(outcome, end))),
            };
            call.memory().hush();
            if stop.cancels() || stop.aborts_attempt() || call.watch().keeps() {
                let (watch, memory) = call.watch_and_memory();
                memory.keep(outcome.kept_over_pause(watch.interrupts()));
            } else {
                drop(outcome);
            }
            let rest = rest(call.watch(), sleeper, pause);
            this.stage.set(Stage::Resting { rest });
        }
    }
}

/// Returns the number of signs of life that a cursor knows of.
#[inline(always)]
fn heartbeats_at<K>(heartbeats: Option<fn(&K) -> u64>, cursor: &K) -> u64 {
    heartbeats.map_or(0, |heartbeats| heartbeats(cursor))
}

/// Polls an opened stream, which its limits may cut.
#[inline(always)]
fn poll_open<'p, P, O, G, R, S, I, Z>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    stream: Pin<&mut S>,
    limit: Pin<&mut LimitOf<G, Z>>,
    idle: Pin<&mut I>,
    heartbeats: impl FnOnce() -> u64,
    cx: &mut Context<'_>,
) -> Poll<News<O>>
where
    P: Policy<O, Sleep: AsyncSleep<Sleeping = Z>> + ?Sized,
    G: CallGuard<O> + CallGuardBase,
    R: AsyncMemory<'p, O, Z>,
    S: Stream<Item = O>,
    I: Idle<O, Z>,
    Z: Future<Output = ()> + Send,
{
    // One that always has an item never waits for a timer.
    let left = call.watch().time_left(Duration::ZERO);
    if left.is_some_and(|(left, _)| left.is_zero()) {
        return Poll::Ready(News::Cut(Interrupt::Deadline));
    }
    let parts = call.policy().parts();
    let (sleeper, stop) = (&parts.sleep, &parts.stop);
    let tick = |pause| sleeper.sleep(pause);
    let (watch, memory) = call.watch_and_memory();
    let poll = |cx: &mut Context<'_>| match watch.inside(|| stream.poll_next(cx)) {
        Poll::Ready(Some(item)) => Poll::Ready(News::Item(item)),
        Poll::Ready(None) => Poll::Ready(News::Ended),
        Poll::Pending => {
            if let Poll::Ready(interrupt) = limit.poll(cx) {
                return Poll::Ready(News::Cut(interrupt));
            }
            if idle.poll_over(cx, tick, heartbeats).is_ready() {
                return Poll::Ready(News::Cut(Interrupt::AttemptTimeout));
            }
            let woken = watch.poll_woken(cx);
            woken.map(|()| News::Cut(Interrupt::Deadline))
        }
    };
    if !stop.aborts_attempt() {
        return poll(cx);
    }
    let (has_come, signal) = (|| stop.is_aborted(), || stop.abort_signal());
    let polled = memory.attempt_until(cx, poll, tick, has_come, signal);
    polled.map(|news| news.unwrap_or(News::Cut(Interrupt::Cancelled)))
}
