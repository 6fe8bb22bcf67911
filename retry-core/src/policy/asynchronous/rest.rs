//! The pause of a call in a future.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use super::memory::AsyncMemory;
use super::types::CountersOf;
use crate::guard::{CallGuard, Wakeable, bound};
use crate::policy::Policy;
use crate::policy::signals::came_in_yield;
use crate::policy::steps::PolicyCall;
use crate::stop::Stop;
use crate::time::pause::{Pause, pause_or_yield};
use crate::time::sleep::AsyncSleep;

/// Begins a pause of a call, which the deadline bounds.
#[inline(always)]
pub(in crate::policy) fn rest<G: Wakeable, Z: AsyncSleep>(
    watch: &mut G,
    sleeper: &Z,
    pause: Option<Duration>,
) -> Pause<Z::Sleeping> {
    bound(watch, sleeper.is_ours(), pause);
    pause_or_yield(sleeper, pause)
}

/// Polls the pause of a call; returns whether a token has ended it.
#[inline(always)]
pub(in crate::policy) fn poll_rest<'p, P, O, G, R, Z>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    rest: Pin<&mut Pause<Z>>,
    tick: impl FnOnce(Duration) -> Z,
    cx: &mut Context<'_>,
) -> Poll<bool>
where
    P: Policy<O> + ?Sized,
    G: CallGuard<O> + Wakeable,
    R: AsyncMemory<'p, O, Z>,
    Z: Future<Output = ()>,
{
    let stop = &call.policy().parts().stop;
    let sleeps = rest.sleeps();
    let (watch, memory) = call.watch_and_memory();
    let rests = |cx: &mut Context<'_>| match rest.poll(cx) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => watch.poll_woken(cx),
    };
    let is_cancelled = if stop.cancels() && sleeps {
        let (has_come, signal) = (|| stop.is_cancelled(), || stop.cancellation());
        ready!(memory.pause_until(cx, rests, tick, has_come, signal)).is_err()
    } else {
        ready!(rests(cx));
        came_in_yield(sleeps, stop)
    };
    call.watch().paused();
    Poll::Ready(is_cancelled)
}
