//! The blocking runner: it makes the attempts and sleeps on the caller's thread.

use crate::call::attempt::{Attempt, AttemptDirective, Handle};
use crate::call::interrupt::Interrupt;
use crate::call::outcome::Outcome;
use crate::call::report::Report;
use crate::cancel::sleep_blocking;
use crate::guard::{Admission, BodyScope, CallGuard, resolve_outcome, wait_for_breaker};
use crate::policy::Policy;
use crate::policy::steps::Steps;
use crate::telemetry::blocking_pause::pausing;
use crate::time::clock::read_blocking;

/// An operation for [`Policy::run`]: `FnMut() -> O`, or `FnMut(&Attempt) -> O`.
///
/// `M` tells the two apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation that returns `{O}`",
    label = "expected `|| ..` or `|at: &Attempt| ..`",
    note = "an async closure is run by `run_async` or `report_async`",
    note = "a closure that moves a captured value can run once; capture a reference, or clone the value in it",
    note = "a predicate takes the whole outcome, which determines what the operation returns; for the error write `when::err(|e| ..)`"
)]
pub trait Operation<O, M> {
    /// The handle on which the body leaves its marks.
    #[doc(hidden)]
    type Handle: Handle;

    /// Makes one attempt.
    #[doc(hidden)]
    fn attempt(&mut self, handle: &Self::Handle) -> O;
}

impl<O, F: FnMut() -> O> Operation<O, ()> for F {
    type Handle = ();

    #[inline]
    fn attempt(&mut self, (): &()) -> O {
        self()
    }
}

impl<O, F: FnMut(&Attempt) -> O> Operation<O, Attempt> for F {
    type Handle = Attempt;

    #[inline]
    fn attempt(&mut self, handle: &Attempt) -> O {
        self(handle)
    }
}

#[inline]
pub(crate) fn run<O, M, P, F>(policy: &P, mut operation: F, timed: bool) -> Report<O>
where
    O: Outcome,
    P: Policy<O> + ?Sized,
    F: Operation<O, M>,
{
    let mut steps = Steps::new(policy);
    steps.start(read_blocking, timed || F::Handle::TIMED);
    let (name, sleeper) = (policy.parts().name, &policy.parts().sleep);
    let mut kept = None;
    let mut cancelled = false;
    loop {
        let admission = match cancelled {
            true => Admission::Halt(Interrupt::Cancelled),
            false => steps.watch().admit(),
        };
        let (attempted, mark) = match admission {
            Admission::Go => {
                steps.begin(name);
                let handle = F::Handle::of(|| steps.handle());
                let outcome = steps.watch().inside(|| operation.attempt(&handle));
                (Ok(outcome), handle.directive())
            }
            Admission::Wait(pause) => {
                steps.wait();
                pausing(name, sleeper, pause);
                let cancellation = steps.cancellation();
                cancelled = wait_for_breaker(steps.watch(), cancellation, pause, sleeper);
                continue;
            }
            Admission::Halt(interrupt) => (Err(interrupt), AttemptDirective::default()),
        };
        let (outcome, halted) =
            resolve_outcome(attempted, || kept.take(), |i| steps.watch().outcome(i));
        let failed = outcome.error().is_some();
        match steps.judge(name, &outcome, failed, mark, halted) {
            Err(end) => return steps.report(outcome, end),
            Ok(pause) => {
                let cancellation = steps.cancellation();
                let keeps = steps.watch().keeps() || !cancellation.is_never();
                let outcome = keeps.then_some(outcome);
                kept = outcome.and_then(|it| it.kept_over_pause(steps.watch().interrupts()));
                let pause = pause.unwrap_or_default();
                pausing(name, sleeper, pause);
                cancelled = sleep_blocking(cancellation, pause, sleeper);
            }
        }
    }
}
