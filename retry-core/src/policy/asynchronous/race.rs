//! The race of a hedged attempt's copies.

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::deadline::by_deadline;
use super::memory::AsyncMemory;
use super::types::{CountersOf, LimitOf, RecorderOf};
use crate::call::attempt::{AttemptDirective, Handle};
use crate::call::interrupt::Interrupt;
use crate::call::name::CallName;
use crate::call::outcome::Verdict;
use crate::cancel::Cancelled;
use crate::guard::{CallGuard, CallGuardBase, Hedging};
use crate::hedge::{RaceCallbacks, Slots4};
use crate::policy::Policy;
use crate::policy::steps::PolicyCall;
use crate::stop::Stop;
use crate::time::clock::read_async;
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::Timeout;

/// A hedged attempt: its copies, and the limit of them all.
pub(in crate::policy) type Race<A, L, H, Z> = Timeout<Slots4<Copied<A, L, H>, Z>, L>;

pin_project! {
    /// A copy of a hedged attempt, with a limit and a handle of its own.
    pub(in crate::policy) struct Copied<A, L, H> {
        #[pin]
        attempt: Timeout<A, L>,
        handle: H,
    }
}

/// The copies of a hedged attempt, as its driver sees them.
pub(in crate::policy) struct Copies<'a, W, H, B, J> {
    /// The name of the call.
    pub(in crate::policy) name: CallName<'a>,
    pub(in crate::policy) recorder: &'a mut W,
    /// The handle of the attempt, of which each copy has one of its own.
    pub(in crate::policy) handle: &'a H,
    /// The longest time that each may take.
    pub(in crate::policy) each: Option<Duration>,
    /// Whether a token aborts the attempt.
    pub(in crate::policy) aborts: bool,
    /// Starts the body of a copy.
    pub(in crate::policy) begin: B,
    /// Makes what the race gives of the output of a copy, or of the interrupt that cut it, and the verdict of that: a
    /// retryable one does not end the race.
    pub(in crate::policy) judge: J,
}

/// Polls a hedged attempt of a call, which pays for its further copies.
pub(in crate::policy) fn poll_race<'p, P, O, G, R, A, H, B, J, T, Z>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    race: Pin<&mut Race<A, LimitOf<G, Z>, H, Z>>,
    copies: Copies<'_, RecorderOf<G>, H, B, J>,
    cx: &mut Context<'_>,
) -> Poll<Result<Result<(T, AttemptDirective), Interrupt>, Cancelled>>
where
    P: Policy<O, Sleep: AsyncSleep<Sleeping = Z>> + ?Sized,
    G: CallGuard<O> + CallGuardBase,
    R: AsyncMemory<'p, O, Z>,
    A: Future,
    H: Handle,
    B: FnMut(&H) -> A,
    J: FnMut(Result<A::Output, Interrupt>) -> (T, Verdict),
    Z: Future<Output = ()> + Send,
{
    let Copies {
        name,
        recorder,
        handle,
        each,
        aborts,
        mut begin,
        mut judge,
    } = copies;
    let (hedge, uncopied) = (call.watch().hedge(), call.is_uncopied());
    let parts = call.policy().parts();
    let (sleeper, stop) = (&parts.sleep, &parts.stop);
    let sleep = |pause| sleeper.sleep(pause);
    let (watch, memory) = call.watch_and_memory();
    let poll = |cx: &mut Context<'_>| {
        let raced =
            watch.inside_paying(|may_copy: &mut dyn FnMut(CallName<'_>) -> bool, bodies| {
                let callbacks = RaceCallbacks {
                    recorder,
                    make: || {
                        let handle = handle.for_copy(each);
                        let copy = bodies.run(|| begin(&handle));
                        let limit = each.map(|limit| (limit, Interrupt::AttemptTimeout));
                        let attempt = Timeout::new(copy, G::timer(limit, sleep));
                        Copied { attempt, handle }
                    },
                    // Only the body is inside: a panic of a timer is not a panic of the body.
                    poll: |copy: Pin<&mut Copied<A, _, H>>, cx: &mut Context<'_>| {
                        let copy = copy.project();
                        let body =
                            |body: Pin<&mut A>, cx: &mut Context<'_>| bodies.run(|| body.poll(cx));
                        let made = copy.attempt.poll_by(cx, body);
                        made.map(|made| (made, copy.handle.directive()))
                    },
                    sleep,
                    may_copy: || !uncopied && may_copy(name),
                    judge: |(made, mark): (Result<A::Output, Interrupt>, AttemptDirective)| {
                        if let (Err(_), Some(limit)) = (&made, each) {
                            hedge.cut(limit);
                        }
                        let (raced, verdict) = judge(made);
                        // The marks are those of the copy whose outcome it is; the marks of the others are lost.
                        if mark.apply_to(verdict).is_retry() {
                            ControlFlow::Continue((raced, mark))
                        } else {
                            ControlFlow::Break((raced, mark))
                        }
                    },
                    clock: read_async,
                };
                race.poll_by(cx, |slots, cx| slots.poll_race(cx, callbacks))
            });
        by_deadline(raced, watch, cx)
    };
    if !aborts {
        return poll(cx).map(Ok);
    }
    let (has_come, signal) = (|| stop.is_aborted(), || stop.abort_signal());
    memory.attempt_until(cx, poll, sleep, has_come, signal)
}
