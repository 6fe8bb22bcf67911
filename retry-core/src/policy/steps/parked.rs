//! A call between two attempts, for callers that keep it together with its policy.

use core::marker::PhantomData;
use core::mem;

use super::{Repeats, Steps};
use crate::call::outcome::Outcome;
use crate::engine::cases::Counting;
use crate::engine::machine::{Call, Ledger};
use crate::guard::{Guard, Watch};
use crate::policy::Policy;
use crate::time::clock::Stopwatch;

/// What [`Steps`] know, apart from the policy. It has to be put back: what is dropped returns nothing.
pub(crate) struct Parked<P, O>
where
    P: Policy<O> + ?Sized,
{
    call: Call<Ledger>,
    counters: <P::Cases as Counting>::Counters,
    stopwatch: Stopwatch,
    watch: <P::Guards as Guard<O>>::Parked,
    begun: bool,
    asleep: bool,
}

impl<'p, P: Policy<O> + ?Sized, O: Outcome + 'p> Steps<'p, P, O> {
    /// Asks the guards, and begins an attempt that nobody can refuse any more.
    pub(crate) fn begin_anyway(&mut self) {
        if !self.begun {
            // One that is refused has no permit, and so no weight for the breaker.
            let _ = self.watch.admit();
            self.begin();
        }
    }

    pub(crate) fn park(mut self) -> Parked<P, O> {
        let idle = self.policy.parts().guards.idle();
        let watch = mem::replace(&mut self.watch, idle);
        Parked {
            call: self.call,
            counters: self.counters,
            stopwatch: self.stopwatch,
            watch: P::Guards::park(watch),
            begun: self.begun,
            asleep: mem::take(&mut self.asleep),
        }
    }

    pub(crate) fn unpark(policy: &'p P, parked: Parked<P, O>) -> Self {
        Steps {
            policy,
            call: parked.call,
            counters: parked.counters,
            stopwatch: parked.stopwatch,
            watch: policy.parts().guards.unpark(parked.watch),
            begun: parked.begun,
            asleep: parked.asleep,
            asks: false,
            repeats: Repeats::Freely,
            // One that ended is not parked.
            reason: None,
            outcome: PhantomData,
        }
    }
}
