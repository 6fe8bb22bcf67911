//! A limiter for which calls do not wait.

use super::as_rate_limiter::AsRateLimiter;
use super::rate_limiter::RateLimiter;

/// Returns the same limiter, which refuses a call at once where no permit is there.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::RateLimiter;
/// use persevere::rate_limiter::{AsRateLimiter, MINUTE, fail_fast};
///
/// static GITHUB: RateLimiter = RateLimiter::new("github").rate(100, MINUTE);
///
/// assert!(GITHUB.waits());
/// assert!(!fail_fast(&GITHUB).waits());
/// ```
#[inline]
pub const fn fail_fast<L>(limiter: L) -> FailFast<L> {
    FailFast(limiter)
}

/// A limiter for which calls do not wait: see [`fail_fast`].
#[derive(Clone, Copy, Debug)]
pub struct FailFast<L>(L);

#[diagnostic::do_not_recommend]
impl<L: AsRateLimiter> AsRateLimiter for FailFast<L> {
    #[inline]
    fn rate_limiter(&self) -> &RateLimiter {
        self.0.rate_limiter()
    }

    #[inline]
    fn waits(&self) -> bool {
        false
    }
}
