//! The engine's part of a stream, which goes on after its first outcome.

use core::time::Duration;

use super::call::{CountersOf, PolicyCall};
use super::judge::Ending;
use super::memory::Memory;
use crate::call::callbacks::Hooks;
use crate::call::error::StopReason;
use crate::call::name::CallName;
use crate::call::outcome::Verdict;
use crate::engine::decide::Decide;
use crate::engine::machine::History;
use crate::guard::CallGuard;
use crate::policy::Policy;
use crate::time::stopwatch::Stopwatch;

impl<'p, P, O, G, R> PolicyCall<'p, P, O, CountersOf<P, O>, G, R>
where
    P: Policy<O> + ?Sized,
    G: CallGuard<O>,
    R: Memory,
{
    /// Notes the first outcome of an opening, by which the service has answered.
    #[cold]
    pub(crate) fn answered(&mut self, outcome: &O, verdict: Verdict, failed: bool) {
        let health = || self.policy.parts().health(outcome, verdict);
        self.watch.answered(outcome, verdict, health, failed);
    }

    /// Starts the time and the numbers of the call again: its stream broke after it had moved.
    #[cold]
    pub(crate) fn restart(&mut self) {
        self.call.renumber();
        let stopwatch = self.memory.stopwatch();
        if stopwatch.started().is_none() {
            return;
        }
        self.memory.start(Stopwatch::start(stopwatch.clock(), true));
        if self.memory.history().is_some() {
            self.memory.history_mut().began(Duration::ZERO);
        }
    }

    /// Returns whether the opening that just ended held for as long as restarts counts and schedule.
    #[cold]
    pub(crate) fn opening_held(&self, ending: Ending) -> bool {
        self.held(self.elapsed(), ending.silence)
    }

    /// Ends the call without an outcome; `reason` is that of a failure, and the
    /// service has `answered` or not.
    #[cold]
    pub(crate) fn finish(
        &mut self,
        name: CallName<'_>,
        reason: Option<StopReason>,
        answered: bool,
    ) {
        self.wake();
        self.watch.finished(reason.is_none(), answered);
        let mut state = self.state(name, self.elapsed(), None);
        state.judge(Verdict::Final);
        state.handled(<P::Hooks as Hooks<O>>::HANDLES);
        match reason {
            None | Some(StopReason::Final) => state.finish(reason),
            Some(reason) => {
                state.halt(reason);
            }
        }
        self.end(&state);
    }
}
