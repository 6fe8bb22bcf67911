//! The attempts and pauses of an async function, as futures.
//!
//! They are written by hand, and named, for the reason that `policy::asynchronous` gives: each type that they
//! store stands for itself. Neither names the policy, so that the compiler need not resolve it to await one.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use pin_project_lite::pin_project;

use super::{CountersOf, Driven, Interrupts, Refused};
use crate::call::interrupt::Interrupt;
use crate::cancel::Listener;
use crate::guard::{BodyScope, CallGuard, CallGuardBase, Wakeable, bound};
use crate::policy::Policy;
use crate::policy::asynchronous::by_deadline;
use crate::policy::signals::{came_in_yield, pause_signal};
use crate::time::pause::{Pause, pause_or_yield};
use crate::time::sleep::AsyncSleep;
use crate::time::timeout::Timeout;

/// The future of a policy's pauses.
type SleepOf<P, O> = <<P as Policy<O>>::Sleep as AsyncSleep>::Sleeping;

/// The limit of a call's attempts.
type LimitOf<G, Z> = <G as CallGuardBase>::Limit<Z>;

pin_project! {
    /// The future of [`Driven::attempt_async`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Attempting<'a, 'p, B, L, G, P, Z> {
        #[pin]
        attempt: Timeout<B, L>,
        listener: Listener<'p, Z>,
        watch: &'a mut G,
        policy: &'p P,
    }
}

pin_project! {
    /// The future of [`Driven::pause_async`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Pausing<'a, 'p, G, P, Z, O> {
        #[pin]
        rest: Pause<Z>,
        listener: Listener<'p, Z>,
        watch: &'a mut G,
        policy: &'p P,
        of: core::marker::PhantomData<fn() -> O>,
        cancelled: &'a mut bool,
    }
}

impl<'p, P, O, F, I, K, G> Driven<'p, P, O, F, I, K, CountersOf<P, O>, G>
where
    P: Policy<O, Sleep: AsyncSleep>,
    I: Interrupts<O>,
    G: CallGuard<O> + CallGuardBase,
{
    /// Makes an attempt.
    #[inline]
    pub fn attempt_async<B: Future<Output = O>>(
        &mut self,
        body: B,
    ) -> Attempting<'_, 'p, B, LimitOf<G, SleepOf<P, O>>, G, P, SleepOf<P, O>> {
        let policy = self.call.policy();
        let sleeper = &policy.parts().sleep;
        let cutting = self.call.abort_signal(I::MADE || self.kept.is_some());
        let watch = self.call.watch();
        let limit = CallGuard::limit(watch);
        bound(watch, sleeper.is_ours(), limit.map(|(left, _)| left));
        let limit = G::timer(limit, |pause| sleeper.sleep(pause));
        Attempting {
            attempt: Timeout::new(body, limit),
            listener: Listener::to(cutting),
            watch,
            policy,
        }
    }

    /// Pauses before the next attempt.
    #[inline]
    pub fn pause_async(
        &mut self,
        pause: Option<Duration>,
    ) -> Pausing<'_, 'p, G, P, SleepOf<P, O>, O> {
        let policy = self.call.policy();
        let parts = policy.parts();
        let (sleeper, cancellation) = (&parts.sleep, pause_signal(pause, &parts.stop));
        let watch = self.call.watch();
        bound(watch, sleeper.is_ours(), pause);
        Pausing {
            rest: pause_or_yield(sleeper, pause),
            listener: Listener::to(cancellation),
            watch,
            policy,
            of: core::marker::PhantomData,
            cancelled: &mut self.cancelled,
        }
    }
}

impl<B, L, G, P, Z> Future for Attempting<'_, '_, B, L, G, P, Z>
where
    B: Future,
    L: Future<Output = Interrupt>,
    G: BodyScope + Wakeable,
    P: Policy<B::Output, Sleep: AsyncSleep<Sleeping = Z>>,
    Z: Future<Output = ()>,
{
    type Output = Result<B::Output, Refused>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (attempt, watch, sleeper) = (this.attempt, this.watch, &this.policy.parts().sleep);
        // Only the body is inside: a panic of a timer is not a panic of the body.
        let poll = |cx: &mut Context<'_>| {
            let body = |body: Pin<&mut B>, cx: &mut Context<'_>| watch.inside(|| body.poll(cx));
            let made = attempt.poll_by(cx, body);
            by_deadline(made, *watch, cx)
        };
        let tick = |pause| sleeper.sleep(pause);
        let made = ready!(this.listener.attempt(cx, poll, tick));
        Poll::Ready(
            made.unwrap_or(Err(Interrupt::Cancelled))
                .map_err(Refused::Cut),
        )
    }
}

impl<G, P, Z, O> Future for Pausing<'_, '_, G, P, Z, O>
where
    G: Wakeable,
    P: Policy<O, Sleep: AsyncSleep<Sleeping = Z>>,
    Z: Future<Output = ()>,
{
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let (rest, watch, sleeper) = (this.rest, this.watch, &this.policy.parts().sleep);
        let sleeps = rest.sleeps();
        let rests = |cx: &mut Context<'_>| match rest.poll(cx) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => watch.poll_woken(cx),
        };
        let rested = ready!(this.listener.pause(cx, rests, |pause| sleeper.sleep(pause)));
        watch.paused();
        let stop = &this.policy.parts().stop;
        **this.cancelled = rested.is_err() || came_in_yield(sleeps, stop);
        Poll::Ready(())
    }
}
