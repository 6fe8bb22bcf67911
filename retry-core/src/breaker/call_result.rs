//! The result of a call.

/// The result of a call, as a breaker counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallResult {
    /// The dependency worked.
    Success,
    /// The dependency failed.
    Failure,
    /// The outcome is no evidence about the dependency: it changes no count, and the permit is returned.
    Ignored,
}
