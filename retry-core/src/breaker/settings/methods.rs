//! The methods that configure a breaker, on the breaker and on its settings alike.

use std::time::Duration;

use super::rate::RateSettings;
use super::window::Window;
use super::{Growth, OPEN, Settings, SlowSettings};
use crate::breaker::circuit_breaker::CircuitBreaker;
use crate::breaker::state::Transition;
use crate::invalid::InvalidValue;
use crate::time::ticks::nanos;

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $word:ident($($value:ident: $type:ty),+) sets $field:ident = $set:expr;
    )+) => {
        /// Settings. In a `static` or `const` a value that can only be a mistake does not compile.
        ///
        /// # Panics
        ///
        /// Each of these, outside of a constant, on a value that can only be a mistake; for values known only at run
        /// time there is [`Settings`].
        impl CircuitBreaker {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $word(mut self, $($value: $type),+) -> Self {
                self.settings = self.settings.$word($($value),+).validated();
                self.has_metrics = self.settings.has_metrics();
                self.times = self.settings.times();
                self
            }
        )+}

        /// The methods of [`CircuitBreaker`]. Nothing is checked before
        /// [`build`](Settings::build).
        impl Settings {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $word(mut self, $($value: $type),+) -> Self {
                self.$field = $set;
                self
            }
        )+}
    };
}

methods! {
    /// Opens after this many failures in a row; a success resets the count. 5 by default, where no
    /// rate is given; with a rate, whichever comes first.
    ///
    /// At least 1, and less than 2³⁰.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(10);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(0);
    /// ```
    consecutive(failures: u32) sets consecutive = Some(failures);

    /// Opens when a call fails and `failures / calls ≥ rate` in the window.
    ///
    /// The rate is within `0..=1`; at 0 any failure is too many. It is asked after a failure alone, and
    /// not before the window holds [`minimum`](CircuitBreaker::minimum) calls. The window is empty after
    /// each closing.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::count;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(0.5, count(100)).minimum(20);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::CircuitBreaker;
    /// # use persevere::breaker::count;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(50.0, count(100));
    /// ```
    failure_rate(rate: f64, window: Window) sets failed = Some(RateSettings { rate, window });

    /// Opens when `slow / calls ≥ rate` in the window, where a slow call takes longer than
    /// `longer_than`, whatever comes of it. Calls under way for longer count as slow already, if they
    /// began since the last closing: up to an eighth later than the threshold, and asked for by calls
    /// that begin.
    ///
    /// A slow probe counts as a failure. The rate is within `0..=1`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::time;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    ///     .slow_calls(Duration::from_secs(2), 0.8, time(Duration::from_secs(60)));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::CircuitBreaker;
    /// # use persevere::breaker::count;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").slow_calls(Duration::ZERO, 0.8, count(10));
    /// ```
    slow_calls(longer_than: Duration, rate: f64, window: Window) sets slow = Some(SlowSettings {
        longer_than: nanos(longer_than),
        rate: RateSettings { rate, window },
    });

    /// How many calls a window must hold before its rate means something. Unless said, a count window
    /// must be full, and a time window hold 20.
    ///
    /// At least 1, and no more than a count window can hold.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    /// use persevere::breaker::count;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(0.1, count(100)).minimum(10);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::CircuitBreaker;
    /// # use persevere::breaker::count;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(0.1, count(100)).minimum(101);
    /// ```
    minimum(calls: u32) sets minimum = Some(calls);

    /// The time that it stays open before it lets probes through, 30 s by default. A failure that asks for more
    /// gets it, up to 60 s: see [`Permit::failure_asking`](crate::breaker::Permit::failure_asking).
    ///
    /// Probes that take longer than that are taken for lost: as many others are let through besides them. A
    /// lost one that ends after all still counts, as long as the breaker is half-open.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").open_for(Duration::from_secs(5));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").open_for(Duration::ZERO);
    /// ```
    open_for(open: Duration) sets open = Some(nanos(open));

    /// Lets the open time grow while the probes fail: of the nth opening in a row it is
    /// `min(open_for · factor^(n−1), max)`. Once closed it is short again; past 255 openings in a row
    /// it grows no more.
    ///
    /// The factor is finite and at least 1, and `max` no shorter than `open_for`.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// // 5 s, 7.5 s, 11.25 s … 60 s
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    ///     .open_for(Duration::from_secs(5))
    ///     .growing(1.5, Duration::from_secs(60));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").growing(f64::NAN, Duration::from_secs(60));
    /// ```
    growing(factor: f64, max: Duration) sets growth = Some(Growth { factor, max: nanos(max) });

    /// How many calls a half-open time lets through, 1 unless said, and at most 1023; what is beyond is
    /// refused. A probe that is cancelled or ignored lets another one through.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(3);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(0);
    /// ```
    probes(permits: u32) sets probes = Some(permits);

    /// How many of the probes must succeed to close it, all unless said. It opens again as soon as so
    /// many have failed that this cannot be reached.
    ///
    /// At least 1, and no more than there are [`probes`](CircuitBreaker::probes).
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// // 3 of 4
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(4).successes(3);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(4).successes(5);
    /// ```
    successes(needed: u32) sets successes = Some(needed);

    /// Lets only a growing share of the calls through at first when probes have closed it: after t of
    /// `duration`, `t / duration` of them; the others are refused.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").ramp(Duration::from_secs(10));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").ramp(Duration::MAX);
    /// ```
    ramp(duration: Duration) sets ramp = Some(nanos(duration));

    /// Tells this function of every change of state, after it, and of one after the other in their order:
    /// once all is quiet, the last one leads to the state that the breaker is in.
    ///
    /// It runs on the thread of a call that changes the breaker. While it runs, other threads leave their
    /// changes to that one, and go on; so it may change the breaker itself. A panic of it ends there.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").listener(|change| eprintln!("{change}"));
    /// # let _ = &PAYMENTS;
    /// ```
    listener(tell: fn(&Transition)) sets listener = Some(tell);
}

impl Settings {
    /// Builds the breaker.
    ///
    /// # Errors
    ///
    /// The first value that can only be a mistake.
    pub const fn build(self) -> Result<CircuitBreaker, InvalidValue> {
        let open = match self.open {
            Some(open) => open,
            None => OPEN,
        };
        match self.check(Some(open)) {
            Ok(()) => Ok(CircuitBreaker::of(self)),
            Err(invalid) => Err(invalid),
        }
    }

    /// Builds a breaker of settings that were checked, by another name.
    #[cfg(feature = "config")]
    pub(crate) const fn named(self, name: &'static str) -> CircuitBreaker {
        CircuitBreaker::of(Settings { name, ..self })
    }
}
