//! The race of a hedged attempt's copies.

use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::operation::Begins;
use super::types::{LimitOf, OutcomeOf};
use crate::call::attempt::{AttemptDirective, Handle};
use crate::call::interrupt::Interrupt;
use crate::guard::{CallGuardBase, Guard, Hedging, PanicTracker};
use crate::hedge::{LatencyRecorder, RaceCallbacks, Slots4};
use crate::policy::Policy;
use crate::time::clock::read_async;
use crate::time::sleep::{AsyncSleep, Sleeper};
use crate::time::timeout::Timeout;

/// A hedged attempt: its copies, and the limit of them all.
pub(super) type Race<A, L, H, Z> = Timeout<Slots4<Copied<A, L, H>, Z>, L>;

pin_project! {
    /// A copy of a hedged attempt, with a limit and a handle of its own.
    pub(super) struct Copied<A, L, H> {
        #[pin]
        attempt: Timeout<A, L>,
        handle: H,
    }
}
/// Polls a hedged attempt.
///
/// `may_copy` pays for its further copies, each of which may take as long; `bodies` runs them. The interrupt
/// that cut the copy whose outcome it is goes to `cut`.
#[expect(
    clippy::too_many_arguments,
    reason = "parts of one future, borrowed apart"
)]
pub(super) fn poll_race<P, M, F, G, D, Z>(
    race: Pin<&mut Race<F::Future, LimitOf<G, Z::Sleeping>, F::Handle, Z::Sleeping>>,
    cx: &mut Context<'_>,
    policy: &P,
    operation: &mut F,
    handle: &F::Handle,
    recorder: &mut D,
    may_copy: &mut dyn FnMut() -> bool,
    bodies: &PanicTracker,
    each: Option<Duration>,
    number: u32,
    hedge: G::Hedge,
    cut: &mut Option<Interrupt>,
) -> Poll<Result<(OutcomeOf<F, M>, AttemptDirective), Interrupt>>
where
    P: Policy<OutcomeOf<F, M>, Sleep = Z> + ?Sized,
    F: Begins<M>,
    G: CallGuardBase,
    D: LatencyRecorder,
    Z: Sleeper + AsyncSleep,
{
    let parts = policy.parts();
    let sleep = |pause| AsyncSleep::sleep(&parts.sleep, pause);
    let callbacks = RaceCallbacks {
        recorder,
        make: || {
            let handle = handle.for_copy(each);
            let copy = bodies.run(|| operation.attempt(&handle));
            let limit = each.map(|limit| (limit, Interrupt::AttemptTimeout));
            let attempt = Timeout::new(copy, G::timer(limit, sleep));
            Copied { attempt, handle }
        },
        poll: |copy: Pin<&mut Copied<F::Future, _, F::Handle>>, cx: &mut Context<'_>| {
            let copy = copy.project();
            let body =
                |body: Pin<&mut F::Future>, cx: &mut Context<'_>| bodies.run(|| body.poll(cx));
            let made = copy.attempt.poll_by(cx, body);
            made.map(|made| (made, copy.handle.directive()))
        },
        sleep,
        may_copy,
        judge: |(made, mark): (Result<OutcomeOf<F, M>, Interrupt>, AttemptDirective)| {
            *cut = made.as_ref().err().copied();
            if let (Some(_), Some(limit)) = (&cut, each) {
                hedge.cut(limit);
            }
            let outcome = made.unwrap_or_else(|interrupt| parts.guards.outcome(interrupt));
            let (_, verdict) = parts.rule(&outcome, number);
            match mark.apply_to(verdict).is_retry() {
                true => ControlFlow::Continue((outcome, mark)),
                false => ControlFlow::Break((outcome, mark)),
            }
        },
        clock: read_async,
    };
    race.poll_by(cx, |slots, cx| slots.poll_race(cx, callbacks))
}
