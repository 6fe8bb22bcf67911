//! An opened stream: its news, and the limits that may cut it.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::stream::Stream;

use super::idle::Idle;
use super::news::News;
use super::stage::{Open, Stage, StageProjection};
use crate::call::interrupt::Interrupt;
use crate::guard::{CallGuard, CallGuardBase};
use crate::hedge::LatencyRecorder;
use crate::policy::Policy;
use crate::policy::asynchronous::memory::AsyncMemory;
use crate::policy::asynchronous::types::{CountersOf, LimitOf, RecorderOf};
use crate::policy::steps::PolicyCall;
use crate::stop::Stop;
use crate::time::sleep::AsyncSleep;

/// Polls the opened stream of a stage; returns `None` if none is open.
///
/// `heartbeats` returns the number of signs of life that the cursor knows of.
#[inline(always)]
pub(super) fn poll_open<'p, P, O, G, R, S, I, Z>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    stage: Pin<&mut Stage<S, LimitOf<G, Z>, Z, RecorderOf<G>>>,
    idle: Pin<&mut I>,
    heartbeats: impl FnOnce() -> u64,
    cx: &mut Context<'_>,
) -> Option<Poll<News<O>>>
where
    P: Policy<O, Sleep: AsyncSleep<Sleeping = Z>> + ?Sized,
    G: CallGuard<O> + CallGuardBase,
    R: AsyncMemory<'p, O, Z>,
    S: Stream<Item = O>,
    I: Idle<O, Z>,
    Z: Future<Output = ()> + Send,
{
    match stage.project() {
        StageProjection::Open { open } => Some(poll_limited(call, open, idle, heartbeats, cx)),
        StageProjection::Won { recorder, open } => {
            recorder.assert_inhabited();
            Some(poll_limited(call, open.as_mut(), idle, heartbeats, cx))
        }
        _ => None,
    }
}

/// Polls an opened stream, which its limits may cut.
#[inline(always)]
fn poll_limited<'p, P, O, G, R, S, I, Z>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    open: Pin<&mut Open<S, LimitOf<G, Z>>>,
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
    if call.watch().is_past() {
        return Poll::Ready(News::Cut(Interrupt::Deadline));
    }
    // One that always has an item never waits for its token.
    if call.policy().parts().stop.is_aborted() {
        return Poll::Ready(News::Cut(Interrupt::Cancelled));
    }
    let open = open.project();
    let parts = call.policy().parts();
    let (sleeper, stop) = (&parts.sleep, &parts.stop);
    let tick = |pause| sleeper.sleep(pause);
    let (watch, memory) = call.watch_and_memory();
    let poll = |cx: &mut Context<'_>| match watch.inside(|| open.stream.poll_next(cx)) {
        Poll::Ready(Some(item)) => Poll::Ready(News::Item(item)),
        Poll::Ready(None) => Poll::Ready(News::Ended),
        Poll::Pending => {
            if idle.take_opened() {
                return Poll::Ready(News::Opened);
            }
            if let Poll::Ready(interrupt) = open.limit.poll(cx) {
                return Poll::Ready(News::Cut(interrupt));
            }
            if idle.poll_over(cx, tick, heartbeats).is_ready() {
                return Poll::Ready(News::Silent);
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
