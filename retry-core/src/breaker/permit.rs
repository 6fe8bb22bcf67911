//! The permission to make one call.

use std::fmt;
use std::mem::ManuallyDrop;

use super::flights::Departure;
use super::stay::Stay;
use super::{CircuitBreaker, State, Weight};
use crate::clock::Instant;

/// The permission to make one call, and the duty to say how it went.
///
/// Dropped, it says nothing: the call was cancelled, which changes no count and lets another probe
/// through in its place. That holds for a panic that drops it too: it may be the call's, or anyone's.
/// [`call`](CircuitBreaker::call), policies and layers know their own body, and count its panic as a
/// failure.
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
    entered: Stay,
    departure: Departure,
}

impl<'b> Permit<'b> {
    #[inline]
    pub(super) fn new(
        circuit: &'b CircuitBreaker,
        clock: fn() -> Instant,
        entered: Stay,
        departure: Departure,
    ) -> Self {
        Permit {
            circuit,
            clock,
            entered,
            departure,
        }
    }

    /// Whether the call is a probe of a half-open breaker.
    pub(crate) fn is_probe(&self) -> bool {
        self.entered.is(State::HalfOpen)
    }

    #[cfg(all(test, persevere_loom))]
    pub(super) fn entered(&self) -> Stay {
        self.entered
    }

    #[cfg(all(test, persevere_loom))]
    pub(super) fn departure(&self) -> Departure {
        self.departure
    }

    /// The call did what it should.
    #[inline]
    pub fn success(self) {
        self.record(Weight::Success);
    }

    /// The call failed.
    #[inline]
    pub fn failure(self) {
        self.record(Weight::Failure);
    }

    /// The outcome says nothing about what was called.
    #[inline]
    pub fn ignore(self) {
        self.record(Weight::Ignored);
    }

    /// The outcome means this.
    #[inline]
    pub fn record(self, weight: Weight) {
        let permit = ManuallyDrop::new(self);
        permit
            .circuit
            .leave(permit.entered, permit.departure, weight, permit.clock);
    }
}

/// A permit apart from its breaker, for what owns them both. It has to become a permit again.
#[cfg(feature = "tower")]
#[derive(Debug)]
#[must_use]
pub(crate) struct Ticket {
    clock: fn() -> Instant,
    entered: Stay,
    departure: Departure,
}

#[cfg(feature = "tower")]
impl From<Permit<'_>> for Ticket {
    fn from(permit: Permit<'_>) -> Self {
        let permit = ManuallyDrop::new(permit);
        Ticket {
            clock: permit.clock,
            entered: permit.entered,
            departure: permit.departure,
        }
    }
}

#[cfg(feature = "tower")]
impl Ticket {
    /// The permit again, of the breaker that gave it.
    pub(crate) fn permit(self, circuit: &CircuitBreaker) -> Permit<'_> {
        Permit::new(circuit, self.clock, self.entered, self.departure)
    }
}

impl Drop for Permit<'_> {
    // Inlined, so that the permit of a call need not be in memory for it.
    #[inline]
    fn drop(&mut self) {
        self.circuit
            .abandon(self.entered, self.departure, self.clock);
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permit").field(&self.circuit.name()).finish()
    }
}
