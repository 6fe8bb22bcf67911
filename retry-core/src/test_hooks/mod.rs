//! What a test puts in place of the real thing: see `testing`. Nothing without the feature.

#[cfg(feature = "testing")]
pub(crate) use crate::testing::hooks::*;

#[cfg(not(feature = "testing"))]
pub(crate) use self::nothing::*;

#[cfg(not(feature = "testing"))]
mod nothing {
    use core::time::Duration;

    use crate::call::error::StopReason;
    use crate::call::state::Progress;

    /// The virtual time, where a scope has one.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) const fn now() -> Option<crate::time::clock::Instant> {
        None
    }

    /// Whether a virtual clock took the pause.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) const fn slept(_pause: Duration) -> bool {
        false
    }

    /// A number of the seeded generator.
    #[inline(always)]
    pub(crate) const fn random() -> Option<u64> {
        None
    }

    /// Whether a scope allows no attempt after these.
    #[inline(always)]
    pub(crate) const fn is_spent(_attempts: u32) -> bool {
        false
    }

    /// Asks what a policy says, whatever holds here.
    #[inline(always)]
    pub(crate) fn apart<T>(ask: impl FnOnce() -> T) -> T {
        ask()
    }

    /// Whether nobody is to pause.
    #[inline(always)]
    pub(crate) const fn skips_pauses() -> bool {
        false
    }

    /// An attempt begins.
    #[inline(always)]
    pub(crate) const fn began(_name: &str, _attempt: u32) {}

    /// A pause begins.
    #[inline(always)]
    pub(crate) const fn paused(_progress: &Progress<'_>) {}

    /// A call gives up.
    #[inline(always)]
    pub(crate) const fn gave_up(_progress: &Progress<'_>, _reason: StopReason) {}
}
