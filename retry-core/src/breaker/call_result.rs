//! The result of a call.

/// The result of a call, as a breaker counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallResult {
    /// The dependency did its work.
    Success,
    /// The dependency did not.
    Failure,
    /// The outcome says nothing about the dependency: it changes no count, and the permit is returned.
    Ignored,
}
