//! A set of keys for other packages.

/// The attempts of the set.
pub const ATTEMPTS: u32 = 4;

persevere::policy! {
    /// Four attempts, in quick succession.
    pub exported: stop = after_attempt($crate::policies::ATTEMPTS), wait = none()
}
