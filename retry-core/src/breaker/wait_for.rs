//! A breaker that calls wait for.

use core::time::Duration;

use super::call_result::CallResult;
use super::circuit_breaker::CircuitBreaker;
use super::classify::Breaker;
use crate::call::outcome::{Health, Verdict};

/// Returns the same breaker, for which a call waits within its deadline instead of failing fast.
///
/// The call sleeps until the next try is worthwhile, and up to a hundredth longer, so that a herd does not
/// come back on one tick. The breaker wakes it earlier when it is closed, or when a probe returns its permit.
/// Calls that are woken together stand back for up to a hundredth of the open time. A blocking call with a
/// sleeper of its own sleeps to the end.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
/// use persevere::breaker::{Breaker, wait_for};
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
///
/// let patient = wait_for(&PAYMENTS);
/// assert!(Breaker::<Option<u8>>::waits(&patient));
/// ```
#[inline]
pub const fn wait_for<B>(breaker: B) -> WaitFor<B> {
    WaitFor(breaker)
}

/// A breaker that calls wait for: see [`wait_for`].
#[derive(Clone, Copy, Debug)]
pub struct WaitFor<B>(B);

macro_rules! breaker_to_wait_for {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<O: ?Sized, B: Breaker<O>> Breaker<O> for $pointer {
            #[inline]
            fn circuit(&self) -> &CircuitBreaker {
                self.0.circuit()
            }

            #[inline]
            fn classify(&self, outcome: &O, verdict: Verdict) -> CallResult {
                self.0.classify(outcome, verdict)
            }

            #[inline]
            fn classify_health(&self, outcome: &O, health: Health) -> CallResult {
                self.0.classify_health(outcome, health)
            }

            #[inline]
            fn hint(&self, outcome: &O, verdict: Verdict) -> Option<Duration> {
                self.0.hint(outcome, verdict)
            }

            #[inline]
            fn waits(&self) -> bool {
                true
            }
        }
    )+};
}

breaker_to_wait_for!(WaitFor<B>, &WaitFor<B>);
