//! The blocking runner: it makes the attempts and sleeps on the caller's thread.

use crate::call::attempt::{Attempt, AttemptDirective, Handle};
use crate::call::outcome::Outcome;
use crate::call::report::Report;
use crate::cancel::sleep_blocking;
use crate::guard::{Admission, CallGuard, Wakeable, resolve_outcome, wait_for_breaker};
use crate::policy::Policy;
use crate::policy::steps::{CountersOf, End, InPlace, Memory, PolicyCall};
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

/// Runs a call, and returns its outcome.
#[inline]
pub(crate) fn run<O, M, P, F>(policy: &P, operation: F) -> O
where
    O: Outcome,
    P: Policy<O> + ?Sized,
    F: Operation<O, M>,
{
    let mut call = PolicyCall::new(policy, InPlace::<false>::new());
    let (outcome, end) = drive(&mut call, operation);
    call.outcome(outcome, end)
}

/// Runs a call, and returns its report.
#[inline]
pub(crate) fn report<O, M, P, F>(policy: &P, operation: F) -> Report<O>
where
    O: Outcome,
    P: Policy<O> + ?Sized,
    F: Operation<O, M>,
{
    let mut call = PolicyCall::new(policy, InPlace::<true>::new());
    let (outcome, end) = drive(&mut call, operation);
    call.report(outcome, end)
}

/// Makes the attempts and the pauses of a call.
#[inline(always)]
fn drive<'p, O, M, P, F, G, R>(
    call: &mut PolicyCall<'p, P, O, CountersOf<P, O>, G, R>,
    mut operation: F,
) -> (O, End)
where
    O: Outcome,
    P: Policy<O> + ?Sized,
    F: Operation<O, M>,
    G: CallGuard<O> + Wakeable,
    R: Memory,
{
    call.start(read_blocking, F::Handle::TIMED);
    let policy = call.policy();
    let (name, sleeper) = (policy.parts().call_name(), &policy.parts().sleep);
    let mut kept = None;
    let mut cancelled = false;
    loop {
        let admission = call.watch().admit_unless(cancelled);
        let (attempted, mark) = match admission {
            Admission::Go => {
                call.begin(name);
                let handle = F::Handle::of(|| call.handle());
                let outcome = call.watch().inside(|| operation.attempt(&handle));
                (Ok(outcome), handle.directive())
            }
            Admission::Wait(pause) => {
                call.wait();
                pausing(name, sleeper, pause);
                let cancellation = call.cancellation();
                cancelled = wait_for_breaker(call.watch(), cancellation, pause, sleeper);
                continue;
            }
            Admission::Halt(interrupt) => (Err(interrupt), AttemptDirective::default()),
        };
        let (outcome, halted) =
            resolve_outcome(attempted, || kept.take(), |i| call.watch().outcome(i));
        let failed = outcome.error().is_some();
        match call.judge(name, &outcome, failed, mark, halted) {
            Err(end) => return (outcome, end),
            Ok(pause) => {
                let cancellation = call.cancellation();
                let keeps = call.watch().keeps() || !cancellation.is_never();
                let outcome = keeps.then_some(outcome);
                kept = outcome.and_then(|it| it.kept_over_pause(call.watch().interrupts()));
                let pause = pause.unwrap_or_default();
                pausing(name, sleeper, pause);
                cancelled = sleep_blocking(cancellation, pause, sleeper);
            }
        }
    }
}
