//! The interface of a call's guards to its drivers.

use core::fmt;
#[cfg(feature = "async")]
use core::future::Future;
use std::time::Duration;

use persevere_words::Key;
use persevere_words::describe::Lines;

use super::interruption::{Inline, OutcomeFromInterrupt};
use super::{BodyScope, Borrowed, Guards, Hedging, Limiting, PanicTracker, Wakeable};
use crate::breaker::Breaker;
use crate::budget::Budget;
use crate::call::error::StopReason;
use crate::call::interrupt::Interrupt;
use crate::call::name::CallName;
use crate::call::outcome::{Health, Verdict};
use crate::call::state::RetryState;
use crate::telemetry::process;
use crate::time::stopwatch::Stopwatch;

/// The next step of a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    /// Make the attempt.
    Go,
    /// Sleep for this long, and ask again.
    Wait(Duration),
    /// End the call: with its last outcome, or else with this interrupt.
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
    /// The limits that calls share.
    #[doc(hidden)]
    type Limits: Limiting;

    #[doc(hidden)]
    fn reads_clock(&self) -> bool;

    /// Borrows the same guards, to add to.
    #[doc(hidden)]
    fn borrow_parts(
        &self,
    ) -> Guards<Borrowed<'_, Self::Breaker>, &Self::Budget, Inline, Self::Hedge, &Self::Limits>;

    /// The conversion of interrupts.
    #[doc(hidden)]
    type Interrupt: OutcomeFromInterrupt<O> + Sync;

    /// Borrows the same guards, interrupts included, for a call with budgets of its own cases.
    #[doc(hidden)]
    fn borrow_all(
        &self,
    ) -> Guards<
        Borrowed<'_, Self::Breaker>,
        &Self::Budget,
        Borrowed<'_, Self::Interrupt>,
        Self::Hedge,
        &Self::Limits,
    >;

    /// Writes the sentence about the guard of a key, if it has one.
    #[doc(hidden)]
    fn describe(&self, _key: Key, _lines: &mut Lines<'_>) -> fmt::Result {
        Ok(())
    }

    /// Creates the guard of a call that has not begun.
    #[doc(hidden)]
    fn idle(&self) -> Self::Active<'_>;

    /// Whether a deadline can end the call.
    #[doc(hidden)]
    const BINDS: bool;

    /// Returns the outcome of an interrupt.
    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> O;
}

/// The part of a call's guard that its future stores and uses, whatever the outcome.
pub trait CallGuardBase: BodyScope + Wakeable {
    /// The hedge.
    #[doc(hidden)]
    type Hedge: Hedging;

    /// Returns the hedge of the attempts.
    #[doc(hidden)]
    fn hedge(&self) -> Self::Hedge;

    /// Runs an attempt that is a race, as [`inside`](BodyScope::inside) does; `race` receives a function that
    /// pays for a further copy or refuses it, and the runner of its copies' bodies.
    #[doc(hidden)]
    #[inline(always)]
    fn inside_paying<T>(
        &mut self,
        race: impl FnOnce(&mut dyn FnMut(CallName<'_>) -> bool, &PanicTracker) -> T,
    ) -> T {
        let mut free = |function: CallName<'_>| {
            process::copied(function);
            true
        };
        self.inside(|| race(&mut free, &PanicTracker::default()))
    }

    /// The limit of an attempt, which completes when the attempt is cut, with the interrupt.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    type Limit<Z: Future<Output = ()> + Send>: Future<Output = Interrupt> + Send;

    /// Creates the timer of a limit.
    #[cfg(feature = "async")]
    #[doc(hidden)]
    fn timer<Z: Future<Output = ()> + Send>(
        limit: Option<(Duration, Interrupt)>,
        sleep: impl FnOnce(Duration) -> Z,
    ) -> Self::Limit<Z>;
}

/// The guard of one call.
pub trait CallGuard<O>: BodyScope {
    /// Begins the call.
    #[doc(hidden)]
    #[inline(always)]
    fn begin(&mut self, _stopwatch: Stopwatch) {}

    /// Ends the call that will begin within `limit`, whatever its policy prescribes.
    #[doc(hidden)]
    #[inline(always)]
    fn within(&mut self, _limit: Duration) {}

    /// Returns whether the call that will begin has a limit that its policy does not prescribe.
    #[doc(hidden)]
    #[inline(always)]
    fn is_limited(&self) -> bool {
        false
    }

    /// Returns whether the last outcome must be kept, since the call may have to end with it.
    #[doc(hidden)]
    fn keeps(&self) -> bool {
        false
    }

    /// Admits the next attempt, or not.
    #[doc(hidden)]
    #[inline(always)]
    fn admit(&mut self) -> Admission {
        Admission::Go
    }

    /// Admits the next attempt of a call that a token may have cancelled in its pause.
    #[doc(hidden)]
    #[inline(always)]
    fn admit_unless(&mut self, cancelled: bool) -> Admission {
        if cancelled {
            self.halted();
            return Admission::Halt(Interrupt::Cancelled);
        }
        self.admit()
    }

    /// Asks budgets before a pause that are otherwise asked after it, since the caller that makes the
    /// attempts cannot be refused one.
    #[doc(hidden)]
    #[inline(always)]
    fn pay_ahead(&mut self) {}

    /// Spends the payment of an attempt that begins, admitted or not.
    #[doc(hidden)]
    #[inline(always)]
    fn spend(&mut self) {}

    /// Returns the longest time that the coming attempt may take, and the interrupt that cuts it.
    #[doc(hidden)]
    #[inline(always)]
    fn limit(&self) -> Option<(Duration, Interrupt)> {
        None
    }

    /// Returns the end of the coming attempt, from the start of the call.
    #[doc(hidden)]
    #[inline(always)]
    fn ends(&self) -> Option<Duration> {
        None
    }

    /// Returns the longest time that each copy of a hedged attempt may take.
    #[doc(hidden)]
    #[inline(always)]
    fn each(&self) -> Option<Duration> {
        None
    }

    /// Returns the outcome of an interrupt, for a call that has no other.
    #[doc(hidden)]
    fn outcome(&self, interrupt: Interrupt) -> O;

    /// Returns whether an interrupted attempt has an outcome.
    #[doc(hidden)]
    #[inline(always)]
    fn interrupts(&self) -> bool {
        false
    }

    /// Returns whether a limit has cut the attempt whose outcome is judged.
    #[doc(hidden)]
    #[inline(always)]
    fn was_cut(&self) -> bool {
        false
    }

    /// Reserves this part of the time of a call that has begun for its fallback.
    #[doc(hidden)]
    #[inline(always)]
    fn reserve(&mut self, _time: Duration) {}

    /// Returns the time until the deadline, with the `reserved` part, for code outside an attempt.
    #[doc(hidden)]
    #[inline(always)]
    fn time_left(&self, _reserved: Duration) -> Option<(Duration, Interrupt)> {
        None
    }

    /// Returns whether the deadline has passed, for a stream that never waits for its timer.
    #[cfg(feature = "stream")]
    #[doc(hidden)]
    #[inline(always)]
    fn is_past(&self) -> bool {
        false
    }

    /// Returns the part of a pause that fits before the deadline, since callbacks may have used up the rest.
    #[doc(hidden)]
    #[inline(always)]
    fn fit(&self, pause: Option<Duration>) -> Option<Duration> {
        pause
    }

    /// Returns the interrupt that stands for a wait of this length.
    #[doc(hidden)]
    fn awaited(&self, pause: Duration) -> Interrupt {
        Interrupt::CircuitOpen {
            retry_after: Some(pause),
        }
    }

    /// Records that the call ends without a further attempt, whatever it waited for.
    #[doc(hidden)]
    #[inline(always)]
    fn halted(&mut self) {}

    /// Records the interrupt of the attempt.
    #[doc(hidden)]
    fn interrupted(&mut self, _interrupt: Interrupt) {}

    /// Records the attempt's outcome, and the health of the service that it shows.
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

    /// Records the first outcome of a stream, which goes on: its attempt keeps its place.
    #[cfg(feature = "stream")]
    #[doc(hidden)]
    #[inline(always)]
    fn answered(
        &mut self,
        _outcome: &O,
        _verdict: Verdict,
        _health: impl FnOnce() -> Health,
        _failed: bool,
    ) {
    }

    /// Records the end of a stream that has no outcome.
    #[cfg(feature = "stream")]
    #[doc(hidden)]
    #[inline(always)]
    fn finished(&mut self, _well: bool, _answered: bool) {}

    /// Allows a decided pause, or ends the call.
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

/// Refuses policies that hedge, for calls that cannot.
///
/// A bound cannot do so: one on a policy that hides its type would refuse them all.
pub(crate) const fn refuse_hedge<O, G: Guard<O>>() {
    assert!(
        !<G::Hedge as Hedging>::HEDGES,
        "a blocking call cannot run beside a copy of itself; leave `hedge` to `run_async`"
    );
}
