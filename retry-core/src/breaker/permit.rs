//! The permission to make one call.

use std::fmt;
use std::mem::ManuallyDrop;
use std::time::Duration;

use super::call_result::CallResult;
use super::circuit_breaker::CircuitBreaker;
use super::epoch::Entered;
use super::failure_kind::{FailureKind, Unknown};
use super::metrics::in_flight::CallStart;
use super::state::State;
use crate::time::clock::Instant;

/// The permission to make one call, and the duty to record its result.
///
/// A dropped permit means that the call was cancelled, which changes no count and lets another probe through
/// in its place. That holds for a drop by a panic too, which need not be the call's.
/// [`call`](CircuitBreaker::call), policies and layers know their own body, and count its panic as a failure.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::CircuitBreaker;
///
/// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments");
///
/// # fn pay() -> Result<(), u16> { Ok(()) }
/// let permit = PAYMENTS.try_enter()?;
/// match pay() {
///     Err(500..) => permit.failure(),
///     _ => permit.success(),
/// }
/// # Ok::<_, persevere::CircuitOpen>(())
/// ```
#[must_use = "a permit that is dropped counts as a cancelled call"]
pub struct Permit<'b> {
    circuit: &'b CircuitBreaker,
    clock: fn() -> Instant,
    entered: Entered,
    start: CallStart,
}

impl<'b> Permit<'b> {
    #[inline]
    pub(super) fn new(
        circuit: &'b CircuitBreaker,
        clock: fn() -> Instant,
        entered: Entered,
        start: CallStart,
    ) -> Self {
        Permit {
            circuit,
            clock,
            entered,
            start,
        }
    }

    /// Returns whether the call is a probe of a half-open breaker.
    pub(crate) fn is_probe(&self) -> bool {
        self.entered.word.state() == State::HalfOpen
    }

    #[cfg(all(test, persevere_loom))]
    pub(super) fn entered(&self) -> Entered {
        self.entered
    }

    #[cfg(all(test, persevere_loom))]
    pub(super) fn start(&self) -> CallStart {
        self.start
    }

    /// Records a success.
    #[inline]
    pub fn success(self) {
        self.record(CallResult::Success);
    }

    /// Records a failure.
    #[inline]
    pub fn failure(self) {
        self.record(CallResult::Failure);
    }

    /// Records a failure, and the rest that the service asks for: by a `Retry-After`, for example.
    ///
    /// If this failure opens the breaker, or leads to its opening, the breaker stays open for at least as
    /// long from now on. A rest above 60 s counts as 60 s, so that no response can shut a service out for
    /// longer.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// let breaker = CircuitBreaker::new("payments").consecutive(1).open_for(Duration::from_secs(1));
    /// breaker.try_enter()?.failure_asking(Duration::from_secs(20));
    /// let refused = breaker.try_enter().unwrap_err();
    /// assert!(refused.retry_after > Some(Duration::from_secs(19)));
    /// # Ok::<_, persevere::CircuitOpen>(())
    /// ```
    pub fn failure_asking(self, rest: Duration) {
        self.record_asking::<Unknown>(CallResult::Failure, Some(rest));
    }

    /// Records an outcome that is no evidence about the service.
    #[inline]
    pub fn ignore(self) {
        self.record(CallResult::Ignored);
    }

    /// Records this result and, for a failure of this kind, the rest that the service asks for.
    #[inline]
    pub(crate) fn record_asking<K: FailureKind>(self, result: CallResult, rest: Option<Duration>) {
        let (circuit, entered, clock) = (self.circuit, self.entered, self.clock);
        let rest = rest.filter(|_| result == CallResult::Failure);
        let ask = || rest.map(|rest| circuit.record_rest(entered.epoch(), rest, clock));
        ask();
        self.record_as::<K>(result);
        // Once more: a late thread that was about to close the breaker may have erased it.
        ask();
    }

    /// Records this result.
    #[inline]
    pub fn record(self, result: CallResult) {
        self.record_as::<Unknown>(result);
    }

    /// Records this result; a failure is of this kind.
    #[inline]
    pub(crate) fn record_as<K: FailureKind>(self, result: CallResult) {
        let permit = ManuallyDrop::new(self);
        permit
            .circuit
            .leave::<K>(permit.entered, permit.start, result, permit.clock);
    }
}

/// A permit apart from its breaker, for an owner of both. It must become a permit again.
#[cfg(feature = "tower")]
#[derive(Debug)]
#[must_use]
pub(crate) struct DetachedPermit {
    clock: fn() -> Instant,
    entered: Entered,
    start: CallStart,
}

#[cfg(feature = "tower")]
impl From<Permit<'_>> for DetachedPermit {
    fn from(permit: Permit<'_>) -> Self {
        let permit = ManuallyDrop::new(permit);
        DetachedPermit {
            clock: permit.clock,
            entered: permit.entered,
            start: permit.start,
        }
    }
}

#[cfg(feature = "tower")]
impl DetachedPermit {
    /// Returns the permit, of the breaker that gave it.
    pub(crate) fn permit(self, circuit: &CircuitBreaker) -> Permit<'_> {
        Permit::new(circuit, self.clock, self.entered, self.start)
    }
}

impl Drop for Permit<'_> {
    // Inlined, so that the permit of a call need not be in memory for it.
    #[inline]
    fn drop(&mut self) {
        self.circuit
            .record_dropped(self.entered, self.start, self.clock);
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permit").field(&self.circuit.name()).finish()
    }
}
