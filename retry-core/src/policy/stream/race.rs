//! The race of a hedged opening: streams that are opened beside each other, of which the first to give an item goes on.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::stream::Stream;

use super::first_item::FirstItem;
use super::idle::Idle;
use super::news::{Broke, News, stand_for, stand_for_end};
use super::stage::OpeningRace;
use crate::call::interrupt::Interrupt;
use crate::call::name::CallName;
use crate::call::outcome::{Outcome, Verdict};
use crate::guard::{CallGuard, CallGuardBase};
use crate::hedge::LatencyRecorder;
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::race::{Copies, poll_race};
use crate::policy::asynchronous::types::{CountersOf, LimitOf, RecorderOf};
use crate::policy::steps::PolicyCall;
use crate::stop::Stop;
use crate::time::sleep::AsyncSleep;

/// The result of a race of openings.
pub(super) struct Raced<O, S> {
    pub(super) broke: Broke<O>,
    /// The stream, if it goes on.
    pub(super) stream: Option<Pin<Box<S>>>,
}

/// The ends of an opening that gives no item.
pub(super) struct Ends<'a, I, H, O> {
    pub(super) idle: Pin<&'a mut I>,
    /// A number that changes with each sign of life, if the cursor knows of any.
    pub(super) heartbeats: Option<H>,
    /// Makes an error of the end of a stream that is endless.
    pub(super) ended: Option<fn(Interrupt) -> O>,
}

/// Polls a race of openings, each of which `open` begins.
pub(super) fn poll_openings<'p, P, O, G, R, S, I, Z>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    name: CallName<'_>,
    race: Pin<&mut OpeningRace<S, LimitOf<G, Z>, Z>>,
    recorder: &mut RecorderOf<G>,
    mut open: impl FnMut() -> S,
    ends: Ends<'_, I, impl FnOnce() -> u64, O>,
    cx: &mut Context<'_>,
) -> Poll<Raced<O, S>>
where
    P: Policy<O, Sleep: AsyncSleep<Sleeping = Z>> + ?Sized,
    O: Outcome,
    G: CallGuard<O> + CallGuardBase,
    R: AsyncMemory<'p, O, Z>,
    S: Stream<Item = O>,
    I: Idle<O, Z>,
    Z: Future<Output = ()> + Send,
{
    recorder.assert_inhabited();
    let Ends {
        idle,
        heartbeats,
        ended,
    } = ends;
    if call.watch().is_past() {
        return Poll::Ready(Raced::cut(News::Cut(Interrupt::Deadline)));
    }
    let (parts, number) = (call.policy().parts(), call.number());
    let makes = call.watch().interrupts();
    let rule = |outcome: &O| parts.rule(outcome, number);
    // Signs of life are those of all copies, so that they have one idle timeout; without any each has its own.
    let each_idle = idle.limit().filter(|_| heartbeats.is_none());
    let stands_for =
        |interrupt| stand_for(interrupt, makes, &parts.guards, idle.as_ref().get_ref());
    let copies = Copies {
        name,
        recorder,
        handle: &(),
        each: call.watch().each().into_iter().chain(each_idle).min(),
        aborts: parts.stop.aborts_attempt(),
        begin: |(): &()| FirstItem::new(open()),
        judge: |opened: Result<(Option<O>, Pin<Box<S>>), Interrupt>| match opened {
            Ok((Some(item), stream)) => Raced::by_item(item, stream, rule),
            Ok((None, _)) => {
                let stands = stand_for_end(ended, makes, &parts.guards);
                Raced::without_item(News::Ended, stands, rule)
            }
            Err(interrupt) => {
                Raced::without_item(News::Cut(interrupt), stands_for(interrupt), rule)
            }
        },
    };
    let raced = match poll_race(call, race, copies, cx) {
        Poll::Ready(raced) => raced,
        Poll::Pending => {
            let Some(heartbeats) = heartbeats else {
                return Poll::Pending;
            };
            let tick = |pause| parts.sleep.sleep(pause);
            ready!(idle.poll_over(cx, tick, heartbeats));
            return Poll::Ready(Raced::cut(News::Silent));
        }
    };
    Poll::Ready(match raced {
        Ok(Ok((raced, _))) => raced,
        Ok(Err(interrupt)) => Raced::cut(News::Cut(interrupt)),
        Err(_) => Raced::cut(News::Cut(Interrupt::Cancelled)),
    })
}

impl<O: Outcome, S> Raced<O, S> {
    /// Returns what a copy shows that has given an item or an error; an error that is retried ends its stream.
    fn by_item(
        item: O,
        stream: Pin<Box<S>>,
        rule: impl FnOnce(&O) -> (Option<usize>, Verdict),
    ) -> (Self, Verdict) {
        // Values are given as they are.
        let ruled = item.error().is_some().then(|| rule(&item));
        let verdict = ruled.map_or(Verdict::Final, |(_, verdict)| verdict);
        let stream = (!verdict.is_retry()).then_some(stream);
        let broke = Broke {
            ruled,
            ..News::Item(item).into()
        };
        (Raced { broke, stream }, verdict)
    }

    /// Returns what a copy shows that has ended or was cut.
    fn without_item(
        news: News<O>,
        stands: Option<O>,
        rule: impl FnOnce(&O) -> (Option<usize>, Verdict),
    ) -> (Self, Verdict) {
        let ruled = stands.as_ref().map(rule);
        let verdict = ruled.map_or(Verdict::Final, |(_, verdict)| verdict);
        let broke = Broke {
            news,
            stands,
            ruled,
        };
        let stream = None;
        (Raced { broke, stream }, verdict)
    }

    /// Returns the result of a race that was cut as a whole.
    fn cut(news: News<O>) -> Self {
        Raced {
            broke: news.into(),
            stream: None,
        }
    }
}
