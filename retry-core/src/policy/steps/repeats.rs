//! The repetition of attempts, as what is called allows it.

/// The repetition that the attempts of a call allow.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Repeats {
    /// As the policy prescribes.
    Freely,
    /// By retries, and not by further copies of an attempt in flight.
    OneByOne,
    /// Not at all.
    Never,
}
