//! The polls of a stream: it is opened, gives items, breaks, and is opened again.

use alloc::boxed::Box;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use futures_core::stream::Stream;

use super::idle::Idle;
use super::news::{Broke, News};
use super::open::poll_open;
use super::race::{Ends, Raced, poll_openings};
use super::run::{RunStream, Running};
use super::stage::StageProjection;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Outcome, Verdict};
use crate::guard::{CallGuard, CallGuardBase};
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::types::{CountersOf, SleepOf};
use crate::time::sleep::AsyncSleep;

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
    /// Takes the steps, away from the way of most items, which needs few of the fields.
    #[inline(never)]
    fn step(self: Pin<&mut Self>, cx: &mut Context<'_>, news: Option<News<O>>) -> Poll<Option<O>> {
        self.project().step(cx, news)
    }
}

impl<'p, P, O, K, F, A, S, I, G>
    Running<'_, 'p, P, O, K, F, A, S, I, SleepOf<P, O>, CountersOf<P, O>, G>
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
    fn step(&mut self, cx: &mut Context<'_>, mut news: Option<News<O>>) -> Poll<Option<O>> {
        let mut has_waited = false;
        loop {
            let polled = match news.take() {
                Some(news) => Some(Poll::Ready(news)),
                None => self.poll_open(cx),
            };
            let broke = if let Some(polled) = polled {
                match ready!(polled) {
                    News::Item(item) if item.error().is_none() => {
                        return Poll::Ready(Some(self.pass(item)));
                    }
                    News::Opened => {
                        self.leave_to_deadline();
                        continue;
                    }
                    news => Broke::from(news),
                }
            } else if let Some(raced) = self.poll_race(cx) {
                let Raced { broke, stream } = ready!(raced);
                if let Some(stream) = stream {
                    self.win(stream);
                    news = Some(broke.news);
                    continue;
                }
                broke
            } else if self.stage.is_over() {
                return Poll::Ready(None);
            } else {
                match ready!(self.begin(cx, &mut has_waited)) {
                    Ok(()) => continue,
                    Err(interrupt) => News::Refused(interrupt).into(),
                }
            };
            if let ControlFlow::Break(item) = self.settle(broke) {
                return Poll::Ready(item);
            }
        }
    }

    /// Polls the opened stream; returns `None` if none is open.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Option<Poll<News<O>>> {
        let (stage, idle) = (self.stage.as_mut(), self.idle.as_mut());
        let heartbeats = || heartbeats_at(*self.heartbeats, self.cursor);
        poll_open(self.call, stage, idle, heartbeats, cx)
    }

    /// Polls the race of a hedged opening; returns `None` if there is none.
    fn poll_race(&mut self, cx: &mut Context<'_>) -> Option<Poll<Raced<O, S>>> {
        let name = self.name();
        let StageProjection::Racing { recorder, race } = self.stage.as_mut().project() else {
            return None;
        };
        let (open, cursor) = (&mut *self.open, &*self.cursor);
        let begin = || open(cursor.clone());
        let heartbeats = |heartbeats: fn(&K) -> u64| move || heartbeats(cursor);
        let ends = Ends {
            idle: self.idle.as_mut(),
            heartbeats: self.heartbeats.map(heartbeats),
            ended: *self.ended,
        };
        let race = race.as_mut();
        Some(poll_openings(
            self.call, name, race, recorder, begin, ends, cx,
        ))
    }

    /// Goes on with the copy that won a race, as with a stream that was opened alone.
    fn win(&mut self, stream: Pin<Box<S>>) {
        self.idle.as_mut().moved();
        let sleeper = &self.call.policy().parts().sleep;
        let watch = self.call.watch();
        let each = watch.each();
        let each = each.map(|limit| (limit, Interrupt::AttemptTimeout));
        let limits = each.into_iter().chain(watch.time_left(Duration::ZERO));
        let nearest = limits.min_by_key(|(left, _)| *left);
        let limit = G::timer(nearest, |pause| sleeper.sleep(pause));
        self.stage.as_mut().win(stream, limit);
    }

    /// Takes a value on its way.
    fn pass(&mut self, item: O) -> O {
        if let Some(value) = item.value() {
            let cursor = (self.after)(value);
            // A cursor that tells nothing apart cannot show that a service repeats itself.
            self.progress.moved |= size_of::<K>() == 0 || cursor != *self.cursor;
            *self.cursor = cursor;
        }
        self.idle.as_mut().moved();
        if !core::mem::replace(&mut self.progress.given, true) {
            self.call.memory().keep(None);
            if !core::mem::replace(&mut self.progress.answered, true) {
                // Values are given as they are, whatever the predicate says of them.
                self.call.answered(&item, Verdict::Final, false);
            }
            self.leave_to_deadline();
        }
        self.progress.failed = false;
        item
    }

    /// Leaves the opened stream to the deadline, which alone bounds it from here on.
    fn leave_to_deadline(&mut self) {
        let sleeper = &self.call.policy().parts().sleep;
        let left = self.call.watch().time_left(Duration::ZERO);
        let limit = G::timer(left, |pause| sleeper.sleep(pause));
        self.stage.as_mut().bound(limit);
    }
}

/// Returns the number of signs of life that a cursor knows of.
#[inline(always)]
fn heartbeats_at<K>(heartbeats: Option<fn(&K) -> u64>, cursor: &K) -> u64 {
    heartbeats.map_or(0, |heartbeats| heartbeats(cursor))
}
