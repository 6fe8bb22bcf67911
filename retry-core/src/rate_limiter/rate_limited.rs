//! The refusal of a rate limiter.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::call::interrupt::Interrupt;
use crate::call::outcome::{Health, Verdict};
use crate::time::display::DisplayDuration;
use crate::transient::Transient;
use crate::util::key::{Key, Named};

/// A call that a limiter did not let through.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::RateLimiter;
/// use persevere::rate_limiter::HOUR;
///
/// let limiter = RateLimiter::new("github").rate(5000, HOUR);
/// limiter.hold(HOUR);
/// let refused = limiter.try_acquire().unwrap_err();
/// assert!(refused.to_string().starts_with("the rate limit `github` has no permit for another "));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimited {
    /// The limiter's name.
    pub name: &'static str,
    /// The key that distinguishes it from other limiters of its name.
    pub key: Option<Key>,
    /// The time until a call that comes then gets a permit, by the calls that wait now.
    pub retry_after: Duration,
}

/// Writes one line: ``the rate limit `github` has no permit for another 720ms``; with a key, `github[eu]`.
impl fmt::Display for RateLimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (named, after) = (
            Named(self.name, self.key),
            DisplayDuration(self.retry_after),
        );
        write!(
            f,
            "the rate limit `{named}` has no permit for another {after}"
        )
    }
}

impl Error for RateLimited {}

impl From<RateLimited> for Interrupt {
    fn from(refused: RateLimited) -> Self {
        Interrupt::RateLimited {
            retry_after: Some(refused.retry_after),
        }
    }
}

/// # `RateLimited`
///
/// The verdict of [`Interrupt::RateLimited`].
#[diagnostic::do_not_recommend]
impl Transient for RateLimited {
    fn verdict(&self) -> Verdict {
        Interrupt::from(*self).verdict()
    }

    fn unsent(&self) -> bool {
        Interrupt::from(*self).unsent()
    }

    fn health(&self) -> Health {
        Interrupt::from(*self).health()
    }
}
