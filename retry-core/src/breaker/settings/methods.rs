//! The methods that configure a breaker, on the breaker and on its settings alike.

use std::time::Duration;

use super::open_times::OpenTimes;
use super::period::PeriodSettings;
use super::rate::RateSettings;
use super::window::Window;
use super::{Growth, OPEN, Settings, SlowSettings};
use crate::breaker::change::Transition;
use crate::breaker::circuit_breaker::CircuitBreaker;
use crate::invalid::InvalidValue;
use crate::time::ticks::nanos;

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $word:ident($($value:ident: $type:ty),*) sets $field:ident = $set:expr;
    )+) => {
        /// The settings of a breaker. In a `static` or `const` a value that can only be a mistake does not
        /// compile.
        ///
        /// # Panics
        ///
        /// Each method panics, outside of a constant, on a value that can only be a mistake; for values known
        /// only at run time use [`Settings`].
        impl CircuitBreaker {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $word(self, $($value: $type),*) -> Self {
                let settings = self.settings.$word($($value),*).validated();
                self.with(settings)
            }
        )+}

        /// The methods of [`CircuitBreaker`]. Nothing is checked before [`build`](Settings::build).
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
    /// Opens after this many failures in a row; a success resets the count.
    ///
    /// The default is 5 where no rate is given. With a rate as well, the first to be reached opens the
    /// breaker.
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
    /// The rate is within `0..=1`; at 0 any failure opens the breaker. It is checked after a failure alone,
    /// and not before the window holds [`minimum`](CircuitBreaker::minimum) calls. The window is empty after
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

    /// Opens when `slow / calls ≥ rate` in the window, where a slow call takes longer than `longer_than`,
    /// whatever its outcome.
    ///
    /// Calls under way for longer count as slow already, if they began since the last closing. They are
    /// noticed up to an eighth of the threshold late, by calls that begin.
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

    /// Opens after this many failures within a period, whatever the number of calls and of successes between
    /// them: failsafe-go's failure threshold with a period.
    ///
    /// At least 1. The period is counted as by [`time`](crate::breaker::time), to a tenth of it. It is empty after each
    /// closing. With it, failures in a row open the breaker only if [`consecutive`](CircuitBreaker::consecutive)
    /// says so; the first rule to be reached opens it.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failures_within(5, Duration::from_secs(60));
    ///
    /// for _ in 0..4 {
    ///     PAYMENTS.call(|| None::<u8>);
    ///     PAYMENTS.call(|| Some(1));
    /// }
    /// assert_eq!(PAYMENTS.recent().in_period, Some(4));
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use std::time::Duration;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failures_within(0, Duration::from_secs(60));
    /// ```
    failures_within(failures: u32, period: Duration) sets in_period = Some(PeriodSettings {
        failures,
        nanos: nanos(period),
    });

    /// Sets the number of calls that a window must hold before its rate counts.
    ///
    /// By default a count window must be full, and a time window must hold 20 calls.
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

    /// Sets the open time, after which it lets probes through; 30 s by default.
    ///
    /// A failure can ask for a longer time, up to 60 s: see
    /// [`Permit::failure_asking`](crate::breaker::Permit::failure_asking). Probes that take longer than the
    /// open time are taken for lost, and as many others are let through. A lost probe that ends after all
    /// still counts, as long as the breaker is half-open.
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

    /// Lets the open time grow while the probes fail: that of the nth opening in a row is
    /// `min(open_for · factor^(n−1), max)`.
    ///
    /// A closing resets it. It grows no more past 255 openings in a row.
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

    /// Sets the open time of each opening in a row: the nth opening takes the nth time, and all further ones the last.
    /// Polly's `BreakDurationGenerator` computes such times.
    ///
    /// A closing begins the list again. It has 1 to 8 times, and takes the place of
    /// [`open_for`](CircuitBreaker::open_for) and [`growing`](CircuitBreaker::growing), beside which it is a mistake.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use std::time::Duration;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    ///     .open_times(&[Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30)]);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core as persevere;
    /// # use persevere::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").open_times(&[]);
    /// ```
    open_times(times: &[Duration]) sets open_times = Some(OpenTimes::of(times));

    /// Sets the number of calls that a half-open time lets through; 1 by default, and at most 1023.
    ///
    /// Further calls are refused. A probe that is cancelled or ignored lets another one through.
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

    /// Sets the number of probes that must succeed to close it; all by default.
    ///
    /// It opens again as soon as too many have failed for this number to be reached.
    ///
    /// At least 1, and at most the number of [`probes`](CircuitBreaker::probes).
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

    /// Admits only a growing share of the calls at first after probes have closed it: at time t of
    /// `duration`, `t / duration` of them. The others are refused.
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

    /// Admits every call, and only counts: to try settings beside real traffic. It is in the state
    /// [`MetricsOnly`](crate::breaker::State::MetricsOnly) from the start, and after a
    /// [`reset`](CircuitBreaker::reset).
    ///
    /// Whenever it would have opened, its listener hears a [`Transition`] from that state to itself, with the reason:
    /// [`would_open`](Transition::would_open). So a gauge never shows an open breaker where calls go through. It is
    /// told at most once in an open time, [`open_for`](CircuitBreaker::open_for), which does not grow; the windows are
    /// empty after it, as after a closing. [`Counts::would_have_opened`](crate::breaker::Counts::would_have_opened)
    /// counts these times.
    ///
    /// [`force_metrics_only`](CircuitBreaker::force_metrics_only) does the same to a breaker in use. A fleet leaves it
    /// alone.
    ///
    /// ```
    /// # use persevere_core as persevere;
    /// use persevere::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(1).metrics_only();
    ///
    /// PAYMENTS.call(|| None::<u8>);
    /// assert_eq!(PAYMENTS.call(|| Some(1)), Some(1));
    /// assert_eq!(PAYMENTS.counts().would_have_opened, 1);
    /// ```
    metrics_only() sets metrics_only = true;

    /// Sets a function that runs after every change of state, for one change after the other in their order.
    ///
    /// Once no call is under way, the last change leads to the state that the breaker is in. The function
    /// runs on the thread of a call that changes the breaker. While it runs, other threads leave their
    /// changes to that one, and go on; so it may change the breaker itself. Its panic is caught.
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

    /// Builds a breaker of checked settings, under another name.
    #[cfg(feature = "config")]
    pub(crate) const fn named(self, name: &'static str) -> CircuitBreaker {
        CircuitBreaker::of(Settings { name, ..self })
    }
}
