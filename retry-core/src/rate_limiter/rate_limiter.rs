//! The rate limiter: its parts.

use std::fmt;
use std::time::Duration;

use super::counts::Counts;
use super::limiter_state::LimiterState;
use super::rate_limited::RateLimited;
use super::settings::Settings;
use crate::time::clock::{Instant, read};
use crate::time::display::DisplayDuration;
use crate::time::ticks::ticks;
use crate::util::key::{Key, Named};
use crate::util::listed::Listed;

/// A rate limiter, shared by the calls to one service: as a `static`, or in an `Arc`.
///
/// It gives out [`burst`](RateLimiter::burst) permits at once, and then one each `period / permits` of its
/// [`rate`](RateLimiter::rate). In any time `t` at most `burst + t · permits / period` are taken. A value that
/// can only be a mistake does not compile in a `static` or `const`:
///
/// ```compile_fail,E0080
/// # use persevere_core as persevere;
/// # use persevere::RateLimiter;
/// # use persevere::rate_limiter::HOUR;
/// static GITHUB: RateLimiter = RateLimiter::new("github").rate(0, HOUR);
/// ```
///
/// Calls that find no permit wait in a line, and go in the order in which they came. One that is dropped leaves the
/// line, and has taken nothing. One that does not go within a second when it is its turn, such as a future that
/// nobody polls, loses its place.
///
/// For values known only at run time, call the same methods on [`Settings`](crate::rate_limiter::Settings) and
/// end with [`build`](crate::rate_limiter::Settings::build).
///
/// The rule is the generic cell rate algorithm (ITU-T I.371), which needs no timer and one atomic word.
pub struct RateLimiter {
    pub(super) settings: Settings,
    state: Listed<LimiterState>,
}

impl RateLimiter {
    /// Creates a limiter without a rate; the name is for people, in errors and events.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::HOUR;
    ///
    /// static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR);
    /// assert_eq!(GITHUB.name(), "github");
    /// ```
    pub const fn new(name: &'static str) -> Self {
        RateLimiter::of(Settings::new(name))
    }

    pub(super) const fn of(settings: Settings) -> Self {
        RateLimiter {
            settings,
            state: Listed::new(),
        }
    }

    /// Returns the state, which a limiter has from its first use on.
    #[inline]
    pub(crate) fn state(&self) -> &LimiterState {
        self.state.get_or_list(|| LimiterState::new(self.settings))
    }

    /// Returns its name.
    pub const fn name(&self) -> &'static str {
        self.settings.name()
    }

    /// Sets the key that distinguishes it from other limiters of its name, in errors and metrics: see
    /// [`Key`](crate::breaker::Key).
    ///
    /// A limiter from a [`Registry`](crate::Registry) with text keys has that text as its key already.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::{RateLimiter, Registry};
    /// use persevere::rate_limiter::SECOND;
    ///
    /// static TENANTS: Registry<u64, RateLimiter> = Registry::new(1024, |tenant| {
    ///     RateLimiter::new("search").rate(10, SECOND).keyed(&tenant.to_string())
    /// });
    /// assert_eq!(TENANTS.get(&7).key(), Some("7"));
    /// ```
    #[must_use]
    pub fn keyed(mut self, key: &str) -> Self {
        self.set_key(key);
        self
    }

    /// Returns the key that distinguishes it from other limiters of its name.
    pub fn key(&self) -> Option<&str> {
        self.settings.key().map(Key::as_str)
    }

    /// Sets the key under which a registry holds it, unless it has a key already.
    pub(crate) fn kept_by(&mut self, key: &str) {
        if self.settings.key().is_none() {
            self.set_key(key);
        }
    }

    fn set_key(&mut self, key: &str) {
        self.settings.set_key(key);
        self.state.change(|state| state.settings.set_key(key));
    }

    /// Returns whether a new limiter would give out more permits.
    pub(crate) fn is_engaged(&self) -> bool {
        self.state.get().is_some_and(|state| {
            let word = state.word.load();
            word.is_marked() || word.arrival() > ticks(read())
        })
    }

    /// Returns the time for which it is held, if it is.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::MINUTE;
    ///
    /// let limiter = RateLimiter::new("github");
    /// assert_eq!(limiter.held_for(), None);
    /// limiter.hold(MINUTE);
    /// assert!(limiter.held_for() <= Some(MINUTE));
    /// ```
    pub fn held_for(&self) -> Option<Duration> {
        self.state().held_for()
    }

    /// Returns the number of calls that wait in line.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    ///
    /// assert_eq!(RateLimiter::new("github").waiting(), 0);
    /// ```
    pub fn waiting(&self) -> usize {
        self.state().waiting()
    }

    /// Returns the totals since it was made.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    ///
    /// let limiter = RateLimiter::new("github");
    /// limiter.try_acquire().unwrap();
    /// assert_eq!(limiter.counts().taken, 1);
    /// ```
    pub fn counts(&self) -> Counts {
        self.state().counts()
    }

    /// Takes a permit if one is there and nobody waits.
    #[inline]
    pub(crate) fn try_take(&self, now: Instant) -> bool {
        self.state().try_take(now)
    }

    /// Makes the error of a refusal.
    pub(crate) fn refusal(&self, retry_after: Duration) -> RateLimited {
        RateLimited {
            name: self.name(),
            key: self.settings.key().copied(),
            retry_after,
        }
    }
}

/// Writes one line: `12 taken, 3 refused, 2 in line`, and `, held for another 30s` while it is held.
impl fmt::Display for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { taken, refused, .. } = self.counts();
        write_totals(f, taken, refused, self.waiting(), self.held_for())
    }
}

/// Writes the totals of a limiter, and the rest of its hold.
pub(crate) fn write_totals(
    f: &mut fmt::Formatter<'_>,
    taken: u64,
    refused: u64,
    waiting: usize,
    held_for: Option<Duration>,
) -> fmt::Result {
    write!(f, "{taken} taken, {refused} refused, {waiting} in line")?;
    match held_for {
        Some(held) => write!(f, ", held for another {}", DisplayDuration(held)),
        None => Ok(()),
    }
}

/// Shows the name.
impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Named(self.name(), self.settings.key().copied()).to_string();
        f.debug_struct("RateLimiter")
            .field("name", &named)
            .finish_non_exhaustive()
    }
}
