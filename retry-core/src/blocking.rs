//! The blocking runner: makes the attempts and sleeps on this thread.

use crate::attempt::{Attempt, Mark};
use crate::clock::read_blocking;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::sleep::Sleep;
use crate::steps::{Report, Steps};

/// What [`Policy::run`] calls: `FnMut() -> O`, or `FnMut(&Attempt) -> O`.
///
/// `M` tells the two apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation that returns `{O}`",
    label = "expected `|| ..` or `|at: &Attempt| ..`"
)]
pub trait Operation<O, M> {
    /// Whether the body can ask for the elapsed time.
    #[doc(hidden)]
    const TIMED: bool;

    /// Makes one attempt.
    #[doc(hidden)]
    fn attempt<P: Policy<O> + ?Sized>(&mut self, steps: &Steps<'_, P, O>) -> (O, Mark);
}

impl<O: Outcome, F: FnMut() -> O> Operation<O, ()> for F {
    const TIMED: bool = false;

    #[inline]
    fn attempt<P: Policy<O> + ?Sized>(&mut self, _: &Steps<'_, P, O>) -> (O, Mark) {
        (self(), Mark::default())
    }
}

impl<O: Outcome, F: FnMut(&Attempt) -> O> Operation<O, Attempt> for F {
    const TIMED: bool = true;

    #[inline]
    fn attempt<P: Policy<O> + ?Sized>(&mut self, steps: &Steps<'_, P, O>) -> (O, Mark) {
        let attempt = Attempt::new(steps.number(), steps.watch());
        let outcome = self(&attempt);
        (outcome, attempt.mark())
    }
}

#[inline]
pub(crate) fn run<O, M, P, F>(policy: &P, mut operation: F, timed: bool) -> Report<O>
where
    O: Outcome,
    P: Policy<O> + ?Sized,
    F: Operation<O, M>,
{
    let mut steps = Steps::new(policy, read_blocking, timed || F::TIMED);
    loop {
        steps.begin();
        let (outcome, mark) = operation.attempt(&steps);
        match steps.judge(&outcome, mark) {
            Err(reason) => return steps.report(outcome, reason),
            Ok(pause) => {
                drop(outcome);
                policy.parts().sleep.sleep(pause.unwrap_or_default());
            }
        }
    }
}
