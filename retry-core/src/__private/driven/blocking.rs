//! The attempts and pauses of a blocking function.

use core::time::Duration;

use super::{CountersOf, Driven, Refused};
use crate::call::name::PathOf;
use crate::guard::{CallGuard, Wakeable, wait_for_breaker};
use crate::policy::Policy;
use crate::telemetry::blocking_pause::pausing;

impl<'p, P, O, F, I, K, G> Driven<'p, P, O, F, I, K, CountersOf<P, O>, G>
where
    P: Policy<O>,
    K: PathOf,
    G: CallGuard<O> + Wakeable,
{
    /// Makes an attempt.
    #[inline]
    pub fn attempt(&mut self, body: impl FnOnce() -> O) -> Result<O, Refused> {
        Ok(self.call.watch().inside(body))
    }

    /// Pauses before the next attempt.
    #[inline]
    pub fn pause(&mut self, pause: Option<Duration>) {
        let (sleeper, pause) = (&self.call.policy().parts().sleep, pause.unwrap_or_default());
        pausing(K::name(self.path), sleeper, pause);
        let cancellation = self.call.cancellation();
        self.cancelled = wait_for_breaker(self.call.watch(), cancellation, pause, sleeper);
    }
}
