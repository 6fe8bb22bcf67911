//! A policy that can leave it to its caller to make an outcome of an interrupt.

/// A policy without a rule of its own for interrupts, once [`told_in_place`](Self::told_in_place).
#[doc(hidden)]
pub trait ToldInPlace {
    /// The same policy then.
    type Told;

    /// Leaves the rule to the caller.
    fn told_in_place(self) -> Self::Told;
}
