//! The classification of outcomes by a breaker.

use alloc::sync::Arc;
use core::time::Duration;

use super::call_result::CallResult;
use super::circuit_breaker::CircuitBreaker;
use crate::call::outcome::{Health, Verdict};

/// A circuit breaker for outcomes of type `O`: the value of `breaker = ..`.
///
/// It is a reference to a [`CircuitBreaker`], an `Arc` of one, a view of one with [its own rule of
/// failures](CircuitBreaker::failures), or one [to wait for](super::wait_for).
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::breaker::{Breaker, CallResult};
/// use persevere::{CircuitBreaker, Verdict, when};
///
/// static STOCK: CircuitBreaker = CircuitBreaker::new("stock");
///
/// let missing = Err::<(), u16>(404);
/// assert_eq!((&STOCK).classify(&missing, Verdict::Retry), CallResult::Failure);
/// let servers = STOCK.failures(when::err(|status: &u16| *status >= 500));
/// assert_eq!(servers.classify(&missing, Verdict::Retry), CallResult::Success);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shared circuit breaker for an outcome of type `{O}`",
    label = "expected `&CircuitBreaker`",
    note = "write `&BREAKER` of a `static BREAKER: CircuitBreaker`, an `Arc` of one, or a view: `BREAKER.failures(err(|e| ..))`; `.by_error()` asks errors that implement `persevere::Transient`"
)]
pub trait Breaker<O: ?Sized> {
    /// Returns the breaker that is asked for permits.
    fn circuit(&self) -> &CircuitBreaker;

    /// Returns the result of an outcome with this `verdict`.
    ///
    /// For a plain breaker an outcome to be retried is a failure, and a final one a success.
    #[inline]
    fn classify(&self, outcome: &O, verdict: Verdict) -> CallResult {
        let _ = outcome;
        if verdict.is_retry() {
            CallResult::Failure
        } else {
            CallResult::Success
        }
    }

    /// Returns the result of an outcome that shows the service in this state, by the policy of the call.
    ///
    /// For a plain breaker the state decides: failed is a failure, well a success, and unknown is ignored. A
    /// view applies its own rule.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::breaker::{Breaker, CallResult};
    /// use persevere::{CircuitBreaker, Health, when};
    ///
    /// static STOCK: CircuitBreaker = CircuitBreaker::new("stock");
    ///
    /// let missing = Err::<(), u16>(404);
    /// assert_eq!((&STOCK).classify_health(&missing, Health::Unknown), CallResult::Ignored);
    /// let servers = STOCK.failures(when::err(|status: &u16| *status >= 500));
    /// assert_eq!(servers.classify_health(&missing, Health::Unknown), CallResult::Success);
    /// ```
    #[inline]
    fn classify_health(&self, outcome: &O, health: Health) -> CallResult {
        match health {
            Health::Failed => self.classify(outcome, Verdict::Retry),
            Health::Well => self.classify(outcome, Verdict::Final),
            Health::Unknown => CallResult::Ignored,
        }
    }

    /// Returns the rest that the service asks for by a failure with this `verdict`: the hint of the view's
    /// own rule, or else that of the verdict.
    #[doc(hidden)]
    #[inline]
    fn hint(&self, outcome: &O, verdict: Verdict) -> Option<Duration> {
        let _ = outcome;
        verdict.hint()
    }

    /// Returns whether a call waits for the breaker, within its deadline, instead of failing fast.
    #[inline]
    fn waits(&self) -> bool {
        false
    }
}

macro_rules! breaker_by_reference {
    ($($pointer:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<O: ?Sized> Breaker<O> for $pointer {
            #[inline]
            fn circuit(&self) -> &CircuitBreaker {
                self
            }
        }
    )+};
}

// Not for the breaker itself: one that is moved into a call would be a new one for every call.
breaker_by_reference!(
    &CircuitBreaker,
    &&CircuitBreaker,
    Arc<CircuitBreaker>,
    &Arc<CircuitBreaker>,
);
