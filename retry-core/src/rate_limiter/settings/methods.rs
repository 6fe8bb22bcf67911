//! The methods that configure a limiter, on the limiter and on its settings alike.

use std::mem;
use std::time::Duration;

use super::{Rate, Settings};
use crate::invalid::InvalidValue;
use crate::rate_limiter::rate_limiter::RateLimiter;
use crate::time::ticks::nanos;

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $word:ident($($value:ident: $type:ty),*) sets $field:ident = $set:expr;
    )+) => {
        /// The settings of a limiter. In a `static` or `const` a value that can only be a mistake does not
        /// compile.
        ///
        /// # Panics
        ///
        /// Each method panics, outside of a constant, on a value that can only be a mistake; for values known
        /// only at run time use [`Settings`].
        impl RateLimiter {$(
            $(#[$doc])*
            #[must_use]
            #[track_caller]
            pub const fn $word(self, $($value: $type),*) -> Self {
                let settings = self.settings.$word($($value),*).validated();
                // No constant can drop a value. One that was used before it was complete begins with these.
                mem::forget(self);
                RateLimiter::of(settings)
            }
        )+}

        /// The methods of [`RateLimiter`]. Nothing is checked before [`build`](Settings::build).
        impl Settings {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $word(mut self, $($value: $type),*) -> Self {
                self.$field = $set;
                self
            }
        )+}
    };
}

methods! {
    /// Sets the rate: a permit each `period / permits`, rounded up to a whole nanosecond.
    ///
    /// At least 1 permit; a period longer than zero, of at most 36 years for each permit. Without a rate every
    /// call passes unless the limiter is [held](RateLimiter::hold).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::HOUR;
    ///
    /// // One each 720 ms.
    /// static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR);
    /// # let _ = &GITHUB;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RateLimiter;
    /// # use persevere::rate_limiter::HOUR;
    /// static GITHUB: RateLimiter = RateLimiter::new("github").rate(0, HOUR);
    /// ```
    rate(permits: u32, period: Duration) sets rate = Some(Rate { permits, period: nanos(period) });

    /// Sets the permits that may be taken at once after a while without calls; 1 by default.
    ///
    /// In any time `t` at most `burst + t · permits / period` are taken. So where a service counts `n` calls in
    /// a period, `burst + permits` must not exceed `n`.
    ///
    /// At least 1.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::HOUR;
    ///
    /// static GITHUB: RateLimiter = RateLimiter::new("github").rate(4950, HOUR).burst(50);
    /// # let _ = &GITHUB;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RateLimiter;
    /// static GITHUB: RateLimiter = RateLimiter::new("github").burst(0);
    /// ```
    burst(permits: u32) sets burst = permits;

    /// Sets the longest wait of a call; 60 s by default.
    ///
    /// A call that would wait longer, for those before it in the line or for the end of a hold, is refused
    /// before it waits. Zero refuses every call that finds no permit.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::{MINUTE, SECOND};
    ///
    /// static GITHUB: RateLimiter = RateLimiter::new("github").rate(100, MINUTE).max_wait(SECOND);
    /// # let _ = &GITHUB;
    /// ```
    max_wait(longest: Duration) sets max_wait = nanos(longest);

    /// Sets the longest [hold](RateLimiter::hold); 1 h by default.
    ///
    /// A hold that is asked to be longer ends after this. Then one call goes and asks. The others go once it
    /// has succeeded, or the limiter is held again. Where it brings no news, another one goes a minute later.
    ///
    /// Longer than zero, and at most 36 years.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::{HOUR, MINUTE};
    ///
    /// static GITHUB: RateLimiter = RateLimiter::new("github").rate(5000, HOUR).max_hold(MINUTE);
    /// # let _ = &GITHUB;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::RateLimiter;
    /// # use std::time::Duration;
    /// static GITHUB: RateLimiter = RateLimiter::new("github").max_hold(Duration::ZERO);
    /// ```
    max_hold(longest: Duration) sets max_hold = nanos(longest);

    /// Learns the rate from the service: each throttle lowers it to `0.7` of the rate of attempts at which it came,
    /// successes raise it again.
    ///
    /// The growth is that of CUBIC (RFC 8312), in attempts a second: `0.4 · (t − K)³ + max`, where `max` is the rate
    /// of the last throttle, `t` the seconds since, and `K = ∛(0.75 · max)` those until the rate is back at `max`.
    /// It is at most twice the rate of the attempts of the last half seconds, at least one each 2 s, and at most
    /// the [`rate`](RateLimiter::rate) if one is given. Before the first throttle that is the rate, or none.
    ///
    /// It is the rate of the [AWS SDKs' adaptive
    /// mode](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::RateLimiter;
    /// use persevere::rate_limiter::SECOND;
    ///
    /// static TABLE: RateLimiter = RateLimiter::new("table").rate(1000, SECOND).burst(10).adaptive();
    /// # let _ = &TABLE;
    /// ```
    adaptive() sets learns = true;
}

impl Settings {
    /// Builds the limiter.
    ///
    /// # Errors
    ///
    /// The first value that can only be a mistake.
    pub const fn build(self) -> Result<RateLimiter, InvalidValue> {
        match self.check() {
            Ok(()) => Ok(RateLimiter::of(self)),
            Err(invalid) => Err(invalid),
        }
    }

    /// Builds a limiter of checked settings, under another name.
    #[cfg(feature = "config")]
    pub(crate) const fn named(self, name: &'static str) -> RateLimiter {
        RateLimiter::of(Settings { name, ..self })
    }
}
