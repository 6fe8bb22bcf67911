//! News from the service: holds, and limits of its own.

use std::time::Duration;

use super::rate_limiter::RateLimiter;
use crate::time::clock::{Instant, read};
use crate::time::ticks::{nanos, ticks};
use crate::util::sync::atomic::Ordering;

impl RateLimiter {
    /// Holds it for a time: no call takes a permit before that is over. The next permits are one
    /// `period / permits` apart, without a burst.
    ///
    /// A hold never shortens another one. A longer one than [`max_hold`](RateLimiter::max_hold) ends after that,
    /// and then one call asks. A retried call under the limiter holds it by itself, for as long as a failure asks
    /// its callers to wait: `Retry-After`, gRPC's pushback and `RetryInfo`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::{HOUR, MINUTE};
    ///
    /// let limiter = RateLimiter::new("github").rate(5000, HOUR);
    /// limiter.hold(MINUTE);
    /// assert!(limiter.try_acquire().unwrap_err().retry_after.as_secs() >= 59);
    /// ```
    pub fn hold(&self, time: Duration) {
        self.hold_at(read(), time);
    }

    /// Holds it from `now` on.
    pub(crate) fn hold_at(&self, now: Instant, time: Duration) {
        if time.is_zero() {
            return;
        }
        let (now, time, longest) = (ticks(now), nanos(time), self.settings.longest_hold());
        let until = now.saturating_add(time.min(longest));
        // Relaxed: who changes a share has the lock, and sees it, or leaves the hold to what follows.
        self.state().held_until.fetch_max(until, Ordering::Relaxed);
        let first = self.state().locked(|shared| {
            shared.news.answered();
            if time > longest {
                shared.news.ask(now.saturating_add(time));
            }
            self.state().word.raise(self.pace().held(until));
            shared.line.call_first()
        });
        // It may not want to wait for that long.
        if let Some(first) = first {
            first.wake();
        }
    }

    /// Takes over what the service has said of its own limit: `remaining` calls until the end of a window, after
    /// the time `reset`.
    ///
    /// None holds the limiter until then. Some are the most that it gives out until then, at its rate at most; as
    /// many as the rate allows anyway change nothing.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::{HOUR, MINUTE};
    ///
    /// let limiter = RateLimiter::new("github").rate(5000, HOUR).burst(50);
    /// // RateLimit: r=2;t=60
    /// limiter.observe(2, MINUTE);
    /// assert!(limiter.try_acquire().is_ok() && limiter.try_acquire().is_ok());
    /// assert!(limiter.try_acquire().unwrap_err().retry_after.as_secs() >= 59);
    /// ```
    pub fn observe(&self, remaining: u64, reset: Duration) {
        self.observe_at(read(), remaining, reset);
    }

    /// Takes over what the service says `now`.
    pub(crate) fn observe_at(&self, now: Instant, remaining: u64, reset: Duration) {
        if reset.is_zero() {
            return;
        }
        if remaining == 0 {
            return self.hold_at(now, reset);
        }
        self.answered();
        let (now, reset) = (ticks(now), nanos(reset).min(self.settings.longest_hold()));
        if remaining < self.settings.permits_in(reset) {
            self.state().locked(|shared| {
                shared.news.expire(now);
                shared.news.allow(remaining, now.saturating_add(reset));
            });
        }
    }

    /// Lets the others go if one call has asked whether a long hold stands.
    pub(super) fn answered(&self) {
        if !self.state().word.load().is_marked() {
            return;
        }
        let first = self.state().locked(|shared| {
            let answered = shared.news.answered();
            answered.then(|| shared.line.call_first()).flatten()
        });
        if let Some(first) = first {
            first.wake();
        }
    }
}
