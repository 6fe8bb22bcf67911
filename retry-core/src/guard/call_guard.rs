//! The questions that drivers ask the guards of a call.

#[cfg(feature = "async")]
use core::future::Future;
use std::time::Duration;

use super::interruption::{Inline, OutcomeFromInterrupt};
use super::{BodyScope, Borrowed, Guards, Hedging, PanicTracker, Wakeable};
use crate::breaker::Breaker;
use crate::budget::Budget;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::call::state::RetryState;
use crate::time::stopwatch::Stopwatch;

/// The next step of a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    /// Make the attempt.
    Go,
    /// Sleep for this long, and ask again.
    Wait(Duration),
    /// End the call: with the outcome it has, or else with this.
    Halt(Interrupt),
}

/// The guards of a policy for outcomes of type `O`: `()`, or [`Guards`].
pub trait Guard<O> {
    /// The guard of one call.
    type Active<'g>: CallGuard<O> + CallGuardBase + Send
    where
        Self: 'g;

    /// The breaker.
    #[doc(hidden)]
    type Breaker: Breaker<O> + Sync;
    /// The budget.
    #[doc(hidden)]
    type Budget: Budget + Sync;
    /// The hedge.
    #[doc(hidden)]
    type Hedge: Hedging;

    #[doc(hidden)]
    fn reads_clock(&self) -> bool;

    /// The same guards, to add to.
    #[doc(hidden)]
    fn borrow_parts(
        &self,
    ) -> Guards<Borrowed<'_, Self::Breaker>, &Self::Budget, Inline, Self::Hedge>;

    /// The form of interrupts.
    #[doc(hidden)]
    type Interrupt: OutcomeFromInterrupt<O> + Sync;

    /// The same guards, interrupts included, for a call with budgets of its own cases.
    #[doc(hidden)]
    fn borrow_all(
        &self,
    ) -> Guards<
        Borrowed<'_, Self::Breaker>,
        &Self::Budget,
        Borrowed<'_, Self::Interrupt>,
        Self::Hedge,
    >;

    /// The guard of a call that has not begun.
    #[doc(hidden)]
    fn idle(&self) -> Self::Active<'_>;

    /// Whether a deadline can end the call.
    #[doc(hidden)]
    const BINDS: bool;

    /// The outcome of an interrupt.
    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> O;
}

/// The part of its guard that the future of a call stores and asks, whatever the outcome.
pub trait CallGuardBase: BodyScope + Wakeable {
    /// The hedge.
    #[doc(hidden)]
    type Hedge: Hedging;

    /// The hedge of the attempts.
    #[doc(hidden)]
    fn hedge(&self) -> Self::Hedge;

    /// As [`inside`](BodyScope::inside), for an attempt that is a race: it is given what pays for a
    /// further copy, or refuses it, and what runs the bodies of its copies.
    #[doc(hidden)]
    #[inline(always)]
    fn inside_paying<T>(
        &mut self,
        race: impl FnOnce(&mut dyn FnMut() -> bool, &PanicTracker) -> T,
    ) -> T {
        self.inside(|| race(&mut || true, &PanicTracker::default()))
    }

    /// Says when an attempt is cut, and with what.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    type Limit<Z: Future<Output = ()> + Send>: Future<Output = Interrupt> + Send;

    /// The timer of a limit.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    fn timer<Z: Future<Output = ()> + Send>(
        limit: Option<(Duration, Interrupt)>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Self::Limit<Z>;
}

/// The guard of one call.
pub trait CallGuard<O>: BodyScope {
    /// The call begins.
    #[doc(hidden)]
    #[inline(always)]
    fn begin(&mut self, _stopwatch: Stopwatch) {}

    /// The call that will begin ends by then, whatever its policy says.
    #[doc(hidden)]
    #[inline(always)]
    fn within(&mut self, _limit: Duration) {}

    /// Whether the last outcome must be kept: the call may have to end with it.
    #[doc(hidden)]
    fn keeps(&self) -> bool {
        false
    }

    /// Asked before each attempt.
    #[doc(hidden)]
    #[inline(always)]
    fn admit(&mut self) -> Admission {
        Admission::Go
    }

    /// Asks budgets before a pause that are otherwise asked after it: whoever makes the attempts cannot
    /// be refused one.
    #[doc(hidden)]
    #[inline(always)]
    fn pay_ahead(&mut self) {}

    /// The attempt begins, whoever was asked: what was paid for it is spent.
    #[doc(hidden)]
    #[inline(always)]
    fn spend(&mut self) {}

    /// The longest that the coming attempt may take, and what it is cut with.
    #[doc(hidden)]
    #[inline(always)]
    fn limit(&self) -> Option<(Duration, Interrupt)> {
        None
    }

    /// The end of the coming attempt, from the start of the call.
    #[doc(hidden)]
    #[inline(always)]
    fn ends(&self) -> Option<Duration> {
        None
    }

    /// The longest that each copy of a hedged attempt may take.
    #[doc(hidden)]
    #[inline(always)]
    fn each(&self) -> Option<Duration> {
        None
    }

    /// The outcome of an interrupt, where there is no other.
    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> O;

    /// Whether there is an outcome for an attempt that is interrupted.
    #[doc(hidden)]
    #[inline(always)]
    fn interrupts(&self) -> bool {
        false
    }

    /// Whether a limit has cut the attempt whose outcome is judged.
    #[doc(hidden)]
    #[inline(always)]
    fn was_cut(&self) -> bool {
        false
    }

    /// The call that has begun leaves so much of its time to the fallback.
    #[doc(hidden)]
    #[inline(always)]
    fn reserve(&mut self, _time: Duration) {}

    /// The time until the deadline, for what is no attempt, with that which was `reserved`.
    #[doc(hidden)]
    #[inline(always)]
    fn time_left(&self, _reserved: Duration) -> Option<(Duration, Interrupt)> {
        None
    }

    /// The part of a pause that fits before the deadline: callbacks may have taken what was left.
    #[doc(hidden)]
    #[inline(always)]
    fn fit(&self, pause: Option<Duration>) -> Option<Duration> {
        pause
    }

    /// The attempt was interrupted.
    #[doc(hidden)]
    fn interrupted(&mut self, _interrupt: Interrupt) {}

    /// Takes note of the attempt's outcome, and of what it says of the service.
    #[doc(hidden)]
    #[inline(always)]
    fn judged(
        &mut self,
        _outcome: &O,
        _verdict: Verdict,
        _health: impl FnOnce() -> Health,
        _failed: bool,
    ) {
    }

    /// Lets a decided pause happen, or not.
    #[doc(hidden)]
    #[inline(always)]
    fn allow(
        &mut self,
        _state: &mut RetryState<'_, O>,
        decision: Result<Duration, StopReason>,
    ) -> Result<Duration, StopReason> {
        decision
    }
}

/// Refuses the policies that hedge, where a call cannot. No bound does: one on a policy that hides
/// its type would refuse them all.
pub(crate) const fn refuse_hedge<O, G: Guard<O>>() {
    assert!(
        !<G::Hedge as Hedging>::HEDGES,
        "a blocking call cannot run beside a copy of itself; leave `hedge` to `run_async`"
    );
}
