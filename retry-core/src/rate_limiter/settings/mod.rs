//! The settings of a rate limiter.

mod methods;

use super::adaptive::Bounds;
use super::gcra::Pace;
use crate::invalid::InvalidValue;
use crate::util::key::Key;

/// The settings of a [`RateLimiter`](crate::RateLimiter), for values known only at run time.
///
/// They have the same methods, and [`build`](Settings::build) returns the first value that can only be a
/// mistake as an error.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::InvalidValue;
/// use persevere::rate_limiter::{HOUR, Settings};
///
/// # fn configured() -> u32 { 0 }
/// let settings = Settings::new("github").rate(configured(), HOUR);
/// assert_eq!(settings.build().unwrap_err(), InvalidValue::Permits);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    name: &'static str,
    key: Option<Key>,
    rate: Option<Rate>,
    burst: u32,
    max_wait: u64,
    max_hold: u64,
    learns: bool,
}

/// The permits of a period, in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Rate {
    permits: u32,
    period: u64,
}

/// The longest duration of a limiter, in nanoseconds: 36 years and a half. The word holds eight of them, those since
/// the start of the process included.
const LONGEST: u64 = 1 << 60;

/// The distance of permits at the lowest rate that is learned, in nanoseconds: that of the AWS SDKs, half a call a
/// second.
const FLOOR: u64 = 2_000_000_000;

impl Settings {
    /// Creates the settings that [`RateLimiter::new`](crate::RateLimiter::new) begins with.
    pub const fn new(name: &'static str) -> Self {
        Settings {
            name,
            key: None,
            rate: None,
            burst: 1,
            max_wait: 60_000_000_000,
            max_hold: 3_600_000_000_000,
            learns: false,
        }
    }

    /// Panics on a value that can only be a mistake; a `static` with one does not compile.
    #[track_caller]
    const fn validated(self) -> Self {
        match self.check() {
            Ok(()) => self,
            Err(invalid) => panic!("{}", invalid.advice()),
        }
    }

    const fn check(&self) -> Result<(), InvalidValue> {
        if self.burst == 0 {
            return Err(InvalidValue::Burst);
        }
        if self.max_hold == 0 || self.max_hold > LONGEST {
            return Err(InvalidValue::LimiterDuration);
        }
        if let Some(Rate { permits: 0, .. }) = self.rate {
            return Err(InvalidValue::Permits);
        }
        let interval = self.pace().interval;
        if self.rate.is_some() && interval == 0 || interval > LONGEST {
            return Err(InvalidValue::LimiterDuration);
        }
        let longest = if self.learns && interval < FLOOR {
            FLOOR
        } else {
            interval
        };
        if Pace::new(longest, self.burst).tolerance > LONGEST {
            return Err(InvalidValue::Burst);
        }
        Ok(())
    }

    pub(in crate::rate_limiter) const fn pace(&self) -> Pace {
        match self.rate {
            Some(Rate { permits, period }) => {
                Pace::new(Pace::interval(permits, period), self.burst)
            }
            None => Pace::new(0, self.burst),
        }
    }

    /// Returns the most permits that it gives out in a time.
    pub(in crate::rate_limiter) fn permits_in(&self, time: u64) -> u64 {
        match time.checked_div(self.pace().interval) {
            Some(permits) => permits.saturating_add(self.burst.into()),
            None => u64::MAX,
        }
    }

    pub(in crate::rate_limiter) const fn permits_at_once(&self) -> u32 {
        self.burst
    }

    /// Returns whether it learns its rate.
    #[cfg(feature = "redis-fleet")]
    #[inline]
    pub(in crate::rate_limiter) const fn is_adaptive(&self) -> bool {
        self.learns
    }

    /// Returns the bounds of the rate that it learns, if it does.
    pub(in crate::rate_limiter) fn learns(&self) -> Option<Bounds> {
        let rate = |interval: u64| 1e9 / interval as f64;
        let most = match self.pace().interval {
            0 => f64::MAX,
            interval => rate(interval),
        };
        let floor = rate(FLOOR).min(most);
        self.learns.then_some(Bounds { floor, most })
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    pub(in crate::rate_limiter) fn set_key(&mut self, key: &str) {
        self.key = Some(Key::new(key));
    }

    pub(in crate::rate_limiter) const fn longest_wait(&self) -> u64 {
        self.max_wait
    }

    pub(in crate::rate_limiter) const fn longest_hold(&self) -> u64 {
        self.max_hold
    }
}
