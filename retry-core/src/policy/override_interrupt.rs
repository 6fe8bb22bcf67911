//! A policy that can leave the conversion of interrupts to its caller.

/// A policy without a conversion of its own for interrupts, after [`override_interrupt`](Self::override_interrupt).
#[doc(hidden)]
pub trait OverrideInterrupt {
    /// The same policy, with the conversion left to the caller.
    type Overridden;

    /// Leaves the conversion to the caller.
    fn override_interrupt(self) -> Self::Overridden;
}
