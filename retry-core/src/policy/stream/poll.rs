//! The steps of a stream: it is opened, gives items, breaks, and is opened again.

use alloc::boxed::Box;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::stream::Stream;

use super::idle::Idle;
use super::news::{News, stand_for, stand_for_end};
use super::open::poll_open;
use super::race::{Ends, poll_openings};
use super::run::{Progress, RunStream};
use super::stage::{Open, Stage, StageProjection};
use crate::call::attempt::AttemptDirective;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Outcome, Verdict};
use crate::guard::{Admission, CallGuard, CallGuardBase, Hedging, bound};
use crate::hedge::LatencyRecorder;
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::rest::{poll_rest, rest};
use crate::policy::asynchronous::types::{CountersOf, SleepOf};
use crate::policy::steps::Ending;
use crate::stop::Stop;
use crate::time::clock::read_async;
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::Timeout;

impl<'p, P, O, K, F, A, S, I, G> Stream
    for RunStream<'p, P, O, K, F, A, S, I, SleepOf<P, O>, CountersOf<P, O>, G>
where
    P: Policy<O, Sleep: AsyncSleep> + ?Sized,
    O: Outcome,
    F: FnMut(K) -> S,
    K: Clone + PartialEq,
    A: FnMut(&O::Value) -> K,
    S: Stream<Item = O>,
    I: Idle<O, SleepOf<P, O>>,
    G: CallGuard<O> + CallGuardBase,
{
    type Item = O;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<O>> {
        let mut this = self.as_mut().project();
        let (stage, idle) = (this.stage.as_mut(), this.idle.as_mut());
        let heartbeats = || heartbeats_at(*this.heartbeats, this.cursor);
        let Some(polled) = poll_open(this.call, stage, idle, heartbeats, cx) else {
            return self.step(cx, None);
        };
        match ready!(polled) {
            // The way of all items of an opening but the first that moves the cursor.
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
    K: Clone + PartialEq,
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
        let name = this.name.map_or(parts.name, |name| *name);
        let (sleeper, stop) = (&parts.sleep, &parts.stop);
        let tick = |pause| sleeper.sleep(pause);
        let (mut has_waited, mut ruled) = (false, None);
        loop {
            let (stage, idle) = (this.stage.as_mut(), this.idle.as_mut());
            let polled = match news.take() {
                Some(news) => Some(Poll::Ready(news)),
                None => {
                    let heartbeats = || heartbeats_at(*this.heartbeats, this.cursor);
                    poll_open(call, stage, idle, heartbeats, cx)
                }
            };
            let mut stands = None;
            let news = match polled {
                Some(polled) => match ready!(polled) {
                    News::Item(item) if item.error().is_none() => {
                        if let Some(value) = item.value() {
                            let cursor = (this.after)(value);
                            // A cursor that tells nothing apart cannot show that a service repeats itself.
                            progress.moved |= size_of::<K>() == 0 || cursor != *this.cursor;
                            *this.cursor = cursor;
                        }
                        this.idle.moved();
                        if !core::mem::replace(&mut progress.given, true) {
                            call.memory().keep(None);
                            if !core::mem::replace(&mut progress.answered, true) {
                                // Values are given as they are, whatever the predicate says of them.
                                call.answered(&item, Verdict::Final, false);
                            }
                            // From here on the deadline alone bounds it.
                            let left = call.watch().time_left(Duration::ZERO);
                            this.stage.bound(G::timer(left, tick));
                        }
                        progress.failed = false;
                        return Poll::Ready(Some(item));
                    }
                    News::Opened => {
                        let left = call.watch().time_left(Duration::ZERO);
                        this.stage.as_mut().bound(G::timer(left, tick));
                        continue;
                    }
                    news => news,
                },
                None => match this.stage.as_mut().project() {
                    StageProjection::Over => return Poll::Ready(None),
                    StageProjection::Racing { recorder, race } => {
                        let (open, cursor) = (&mut *this.open, &*this.cursor);
                        let begin = || open(cursor.clone());
                        let heartbeats = |heartbeats: fn(&K) -> u64| move || heartbeats(cursor);
                        let ends = Ends {
                            idle: this.idle.as_mut(),
                            heartbeats: this.heartbeats.map(heartbeats),
                            ended: *this.ended,
                        };
                        let raced = poll_openings(call, race.as_mut(), recorder, begin, ends, cx);
                        let raced = ready!(raced);
                        ruled = raced.ruled;
                        if let Some(stream) = raced.stream {
                            // It goes on as one that was opened alone.
                            this.idle.as_mut().moved();
                            let watch = call.watch();
                            let each = watch.each();
                            let each = each.map(|limit| (limit, Interrupt::AttemptTimeout));
                            let limits = each.into_iter().chain(watch.time_left(Duration::ZERO));
                            let limit = G::timer(limits.min_by_key(|(left, _)| *left), tick);
                            this.stage.as_mut().win(stream, limit);
                            news = Some(raced.news);
                            continue;
                        }
                        stands = raced.stands;
                        raced.news
                    }
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
                                // A panic leaves a stream that is over.
                                this.stage.set(Stage::Over);
                                call.begin(name);
                                *progress = Progress::default();
                                let limit = CallGuard::limit(call.watch());
                                let longest = limit.map(|(left, _)| left);
                                bound(call.watch(), sleeper.is_ours(), longest);
                                let limit = G::timer(limit, tick);
                                call.memory().hush();
                                this.idle.as_mut().moved();
                                this.stage.set(match call.watch().hedge().race() {
                                    None => {
                                        let cursor = this.cursor.clone();
                                        let stream = call.watch().inside(|| (this.open)(cursor));
                                        let open = Open { stream, limit };
                                        Stage::Open { open }
                                    }
                                    Some((slots, mut recorder)) => {
                                        recorder.hears_of_drops(read_async);
                                        let race = Box::pin(Timeout::new(slots, limit));
                                        Stage::Racing { recorder, race }
                                    }
                                });
                                continue;
                            }
                        }
                    }
                },
            };
            let mut halted = None;
            let (cut, is_silent) = match news {
                News::Cut(interrupt) => (Some(interrupt), false),
                News::Silent => (Some(Interrupt::AttemptTimeout), true),
                _ => (None, false),
            };
            let outcome = match news {
                News::Item(outcome) => {
                    let (class, verdict) = ruled.take().unwrap_or_else(|| call.rule(&outcome));
                    if !verdict.is_retry() {
                        // It goes on, unless it ends by itself.
                        progress.failed = true;
                        call.memory().keep(None);
                        this.idle.as_mut().moved();
                        if !core::mem::replace(&mut progress.answered, true) {
                            call.answered(&outcome, verdict, true);
                        }
                        return Poll::Ready(Some(outcome));
                    }
                    ruled = Some((class, verdict));
                    Some(outcome)
                }
                // Whatever a final error says of the service, it says it of the next opening too.
                News::Ended if progress.failed => None,
                News::Ended => stands.or_else(|| {
                    let makes = call.watch().interrupts();
                    stand_for_end(*this.ended, makes, &parts.guards)
                }),
                News::Opened => continue,
                News::Silent | News::Cut(_) | News::Refused(_) => {
                    let interrupt = match news {
                        News::Refused(interrupt) | News::Cut(interrupt) => interrupt,
                        _ => Interrupt::AttemptTimeout,
                    };
                    halted = interrupt.reason();
                    let kept = halted.and_then(|_| call.memory().take_kept());
                    kept.or(stands).or_else(|| {
                        let (makes, guards) = (call.watch().interrupts(), &parts.guards);
                        stand_for(interrupt, makes, guards, this.idle.as_ref().get_ref())
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
                call.finish(name, halted.or(failed), progress.answered);
                return Poll::Ready(None);
            };
            let mut mark = AttemptDirective::default();
            let idle = this.idle.as_ref().get_ref();
            let ending = Ending {
                floor: this.hint.and_then(|hint| hint(this.cursor)),
                silence: match is_silent {
                    true => idle.limit().unwrap_or_default(),
                    false => Duration::ZERO,
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
                    let ruled = ruled.take().unwrap_or_else(|| call.rule(&outcome));
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
