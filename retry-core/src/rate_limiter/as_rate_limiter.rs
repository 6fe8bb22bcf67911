//! Owned and borrowed limiters, as `rate_limiter = ..` takes them.

use std::rc::Rc;
use std::sync::Arc;

use super::rate_limiter::RateLimiter;

/// A [`RateLimiter`], a reference to one, or one that [fails fast](super::fail_fast): the value of
/// `rate_limiter = ..`.
///
/// ```
/// # use persevere_core as persevere;
/// use std::sync::Arc;
/// use persevere::RateLimiter;
/// use persevere::rate_limiter::{AsRateLimiter, SECOND};
///
/// fn name(limiter: impl AsRateLimiter) -> &'static str {
///     limiter.rate_limiter().name()
/// }
/// assert_eq!(name(Arc::new(RateLimiter::new("github").rate(10, SECOND))), "github");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a rate limiter",
    label = "expected `&RateLimiter`",
    note = "keep it in a `static GITHUB: RateLimiter = RateLimiter::new(\"github\").rate(5000, HOUR);` and write `rate_limiter = &GITHUB`, of a policy `.rate_limiter(&GITHUB)`; of a `LazyLock` it is `&*GITHUB`"
)]
pub trait AsRateLimiter {
    /// Returns the limiter itself.
    fn rate_limiter(&self) -> &RateLimiter;

    /// Returns whether a call waits for its permit, instead of being refused where none is there.
    #[doc(hidden)]
    #[inline]
    fn waits(&self) -> bool {
        true
    }
}

#[diagnostic::do_not_recommend]
impl AsRateLimiter for RateLimiter {
    #[inline]
    fn rate_limiter(&self) -> &RateLimiter {
        self
    }
}

macro_rules! limiter_by_reference {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: AsRateLimiter + ?Sized> AsRateLimiter for $pointer {
            #[inline]
            fn rate_limiter(&self) -> &RateLimiter {
                (**self).rate_limiter()
            }

            #[inline]
            fn waits(&self) -> bool {
                (**self).waits()
            }
        }
    )+};
}

limiter_by_reference!(&T, Box<T>, Rc<T>, Arc<T>);
