//! A call under a policy, as its drivers see it.

use core::marker::PhantomData;
use core::time::Duration;

use super::memory::Memory;
#[cfg(feature = "tower")]
use super::repeats::Repeats;
use crate::call::callbacks::Hooks;
#[cfg(feature = "async")]
use crate::call::interrupt::Interrupt;
use crate::call::name::CallName;
use crate::call::state::RetryState;
use crate::cancel::Cancellation;
#[cfg(feature = "async")]
use crate::cancel::Cancelled;
use crate::engine::cases::Counting;
use crate::engine::machine::Call;
use crate::guard::{CallGuard, Guard};
use crate::policy::Policy;
#[cfg(feature = "async")]
use crate::policy::signals::abort_signal;
use crate::stop::Stop;
use crate::time::clock::Instant;
use crate::time::stopwatch::Stopwatch;

/// A call under a policy, driven step by step.
///
/// `C` holds the counters of the policy's cases, `G` is the guard of the call, and `R` what it remembers.
pub(crate) struct PolicyCall<'p, P: Policy<O> + ?Sized, O: 'p, C, G, R> {
    pub(super) policy: &'p P,
    pub(super) call: Call,
    pub(super) counters: C,
    pub(super) memory: R,
    pub(super) watch: G,
    pub(super) asleep: bool,
    /// The repetition that the attempts allow, whatever the policy prescribes.
    #[cfg(feature = "tower")]
    repeats: Repeats,
    outcome: PhantomData<fn(&O)>,
}

impl<'p, P, O: 'p, R> PolicyCall<'p, P, O, CountersOf<P, O>, WatchOf<'p, P, O>, R>
where
    P: Policy<O> + ?Sized,
{
    /// Creates a call that has not begun.
    #[inline(always)]
    pub(crate) fn new(policy: &'p P, memory: R) -> Self {
        PolicyCall {
            policy,
            call: Call::new(),
            counters: Default::default(),
            memory,
            watch: policy.parts().guards.idle(),
            asleep: false,
            #[cfg(feature = "tower")]
            repeats: Repeats::Freely,
            outcome: PhantomData,
        }
    }
}

/// The counters of a policy's cases.
pub(crate) type CountersOf<P, O> = <<P as Policy<O>>::Cases as Counting>::Counters;

/// The guard of one call.
type WatchOf<'p, P, O> = <<P as Policy<O>>::Guards as Guard<O>>::Active<'p>;

impl<'p, P, O, G, R> PolicyCall<'p, P, O, CountersOf<P, O>, G, R>
where
    P: Policy<O> + ?Sized,
    G: CallGuard<O>,
    R: Memory,
{
    /// Begins the call; reads its time where anything needs it.
    #[inline(always)]
    pub(crate) fn start(&mut self, now: fn() -> Instant, timed: bool) {
        let asked = R::REPORTS || self.policy.parts().reads_clock::<O>();
        let timed = timed || asked || self.watch.is_limited();
        let stopwatch = Stopwatch::start(now, timed);
        self.memory.start(stopwatch);
        self.watch.begin(stopwatch);
        self.watch.reserve(self.policy.parts().hooks.reserves());
    }

    /// Returns the time since the call began; zero if nothing reads it.
    #[inline(always)]
    pub(super) fn elapsed(&self) -> Duration {
        self.memory.stopwatch().elapsed()
    }

    /// Takes a snapshot for callbacks and strategies.
    #[inline(always)]
    pub(super) fn state<'a>(
        &self,
        name: CallName<'a>,
        elapsed: Duration,
        outcome: Option<&'a O>,
    ) -> RetryState<'a, O> {
        let mut state = self.call.state_named(name, elapsed, outcome);
        self.memory.apply(&mut state.progress);
        state
    }

    #[inline(always)]
    pub(crate) fn policy(&self) -> &'p P {
        self.policy
    }

    /// Returns the number of the attempt that has begun.
    #[cfg(feature = "async")]
    pub(crate) fn number(&self) -> u32 {
        self.call.attempt()
    }

    /// Returns the guard of the call.
    #[inline(always)]
    pub(crate) fn watch(&mut self) -> &mut G {
        &mut self.watch
    }

    /// Returns what the call remembers.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn memory(&mut self) -> &mut R {
        &mut self.memory
    }

    /// Returns the guard of the call, and what it remembers.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn watch_and_memory(&mut self) -> (&mut G, &mut R) {
        (&mut self.watch, &mut self.memory)
    }

    /// Limits the repetition of the call's attempts, whatever its policy prescribes.
    #[cfg(feature = "tower")]
    pub(crate) fn limit_repeats(&mut self, repeats: Repeats) {
        self.repeats = repeats;
    }

    /// Returns whether the call makes one attempt, whatever its policy prescribes.
    #[inline]
    pub(crate) fn is_once(&self) -> bool {
        #[cfg(feature = "tower")]
        return matches!(self.repeats, Repeats::Never);
        #[cfg(not(feature = "tower"))]
        false
    }

    /// Returns whether an attempt of the call has no further copies, whatever its policy prescribes.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn is_uncopied(&self) -> bool {
        #[cfg(feature = "tower")]
        return !matches!(self.repeats, Repeats::Freely);
        #[cfg(not(feature = "tower"))]
        false
    }

    /// Returns the signal that ends a pause of the call.
    #[inline]
    pub(crate) fn cancellation(&self) -> Cancellation<'p> {
        self.policy.parts().stop.cancellation()
    }

    /// Returns the signal that aborts an attempt of the call.
    ///
    /// It aborts only if an outcome stands for such an attempt: one with which the call `ends`, or one that the
    /// guards make of the interrupt.
    #[cfg(feature = "async")]
    #[inline]
    pub(crate) fn abort_signal(&self, ends: bool) -> Cancellation<'p> {
        let parts = self.policy.parts();
        abort_signal(
            ends || self.watch.interrupts(),
            &parts.stop,
            parts.call_name(),
        )
    }

    /// Returns the outcome of an attempt that may have been interrupted.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn attempted(
        &mut self,
        made: Result<Result<O, Interrupt>, Cancelled>,
    ) -> Result<O, Interrupt> {
        let attempted = made.unwrap_or(Err(Interrupt::Cancelled));
        if let Err(interrupt) = attempted {
            self.watch.interrupted(interrupt);
        }
        attempted
    }
}

/// Counts a call that is dropped while it sleeps as cancelled.
impl<P: Policy<O> + ?Sized, O, C, G, R> Drop for PolicyCall<'_, P, O, C, G, R> {
    #[inline]
    fn drop(&mut self) {
        if <P::Hooks as Hooks<O>>::ACTIVE && self.asleep {
            self.policy.parts().hooks.woke();
        }
    }
}
