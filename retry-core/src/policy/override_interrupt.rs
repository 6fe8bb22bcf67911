//! A policy that can leave the conversion of interrupts to its caller.

/// A policy without a conversion of its own for interrupts, after [`told_in_place`](Self::told_in_place).
#[doc(hidden)]
pub trait ToldInPlace {
    /// The same policy, with the conversion left to the caller.
    type Told;

    /// Leaves the conversion to the caller.
    fn told_in_place(self) -> Self::Told;
}
