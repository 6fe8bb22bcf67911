//! A marked part of an error, with its answers.

use proc_macro2::TokenStream;

use super::field::Asked;
use super::mark::Health;

/// A marked variant or struct.
pub(super) struct Arm {
    pub(super) pattern: TokenStream,
    pub(super) unsent: bool,
    pub(super) health: Option<Health>,
    pub(super) answer: Answer,
}

/// An answer to whether and when to retry.
pub(super) enum Answer {
    /// The mark: retry at once.
    Mark,
    /// A field with the pause.
    Pause(Asked),
    /// The source, to which every question is passed on.
    Source(Asked),
    /// The mark: never retry.
    Final,
}
