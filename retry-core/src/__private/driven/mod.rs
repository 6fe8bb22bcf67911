//! A call of a function whose attribute leaves all but the attempt to a policy.
//!
//! A policy of a hidden type has parts of hidden types, which the compiler resolves again in each statement that
//! has to do with one. Here they are resolved once, and not in every function.

mod blocking;
mod outcome;
#[cfg(feature = "async")]
mod polled;

use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::time::Duration;

use self::outcome::{Failures, Interrupts};
pub use self::outcome::{failures, interrupts_of};
use super::OutcomeType;
use super::guarded::refuse_hedge;
use crate::call::attempt::AttemptDirective;
use crate::call::interrupt::Interrupt;
use crate::call::name::PathOf;
use crate::engine::cases::Counting;
use crate::engine::machine::Call;
use crate::guard::{Admission, CallGuard, Guard, resolve_outcome};
use crate::policy::Policy;
use crate::policy::steps::{InPlace, PolicyCall};
use crate::stop::Stop;
use crate::time::clock::Instant;

/// The counters of a policy's cases.
type CountersOf<P, O> = <<P as Policy<O>>::Cases as Counting>::Counters;

/// The guard of one call.
type WatchOf<'p, P, O> = <<P as Policy<O>>::Guards as Guard<O>>::Active<'p>;

/// A call whose attempts the expansion makes.
///
/// `F` and `I` say what the type of the outcome can tell, and `K` what the path of the function is. `C` and `G` are
/// always the default, as those of [`PolicyCall`].
pub struct Driven<'p, P, O: 'p, F, I, K, C = CountersOf<P, O>, G = WatchOf<'p, P, O>>
where
    P: Policy<O>,
{
    call: PolicyCall<'p, P, O, C, G, InPlace<false>>,
    path: &'static str,
    kept: Option<O>,
    cancelled: bool,
    told: PhantomData<(F, I, fn() -> K)>,
}

/// The reason why there is no outcome of an attempt.
pub enum Refused {
    /// The breaker is to be asked again after this time.
    Wait(Duration),
    /// No attempt is made any more.
    Halt(Interrupt),
    /// The attempt was cut.
    Cut(Interrupt),
}

impl<K: PathOf> Call<(), K> {
    /// Begins a call of the function with this path.
    #[inline]
    pub fn drive<'p, P, O, F, I>(
        _: OutcomeType<O>,
        policy: &'p P,
        path: &'static str,
        now: fn() -> Instant,
        _: F,
        _: I,
    ) -> Driven<'p, P, O, F, I, K>
    where
        P: Policy<O>,
    {
        const { refuse_hedge::<O, P::Guards>() };
        let mut call = PolicyCall::new(policy, InPlace::new());
        call.start(now, false);
        Driven {
            call,
            path,
            kept: None,
            cancelled: false,
            told: PhantomData,
        }
    }
}

impl<'p, P, O, F, I, K, G> Driven<'p, P, O, F, I, K, CountersOf<P, O>, G>
where
    P: Policy<O>,
    F: Failures<O>,
    I: Interrupts<O>,
    K: PathOf,
    G: CallGuard<O>,
{
    /// Begins the next attempt, if it may be made.
    #[inline]
    pub fn admit(&mut self) -> Result<(), Refused> {
        let cancelled = self.cancelled;
        match self.call.watch().admit_unless(cancelled) {
            Admission::Go => {
                self.call.begin(K::name(self.path));
                Ok(())
            }
            Admission::Wait(pause) => Err(Refused::Wait(pause)),
            Admission::Halt(interrupt) => Err(Refused::Halt(interrupt)),
        }
    }

    /// Returns the outcome with which the call ends, or the pause before the next attempt.
    #[inline]
    pub fn settle(&mut self, attempted: Result<O, Refused>) -> ControlFlow<O, Option<Duration>> {
        let attempted = match attempted {
            Ok(outcome) => Ok(outcome),
            Err(Refused::Halt(interrupt)) => Err(interrupt),
            Err(Refused::Cut(interrupt)) => {
                self.call.watch().interrupted(interrupt);
                Err(interrupt)
            }
            Err(Refused::Wait(pause)) => {
                self.call.wait();
                return ControlFlow::Continue(Some(pause));
            }
        };
        let (kept, watch) = (&mut self.kept, self.call.watch());
        let (outcome, halted) = resolve_outcome(
            attempted,
            || kept.take(),
            |interrupt| match watch.interrupts() {
                true => watch.outcome(interrupt),
                false => I::outcome(interrupt),
            },
        );
        let (failed, mark) = (F::is_failure(&outcome), AttemptDirective::default());
        let name = K::name(self.path);
        match self.call.judge(name, &outcome, failed, mark, halted) {
            Err(end) => ControlFlow::Break(self.call.outcome(outcome, end)),
            Ok(pause) => {
                if self.may_end_in_pause() {
                    let replaceable = self.call.watch().interrupts();
                    self.kept = F::kept_over_pause(outcome, replaceable);
                }
                ControlFlow::Continue(pause)
            }
        }
    }

    #[inline]
    fn may_end_in_pause(&mut self) -> bool {
        let stop = &self.call.policy().parts().stop;
        let cancellable = !stop.cancellation().is_never() || stop.aborts_attempt();
        cancellable || self.call.watch().keeps()
    }
}
