//! What a breaker is told when it is made: said to the breaker itself, or as plain data first.

use std::time::Duration;

use super::rule::Rate;
use super::window::Window;
use super::word::{MOST_FAILURES, MOST_PROBES};
use super::{CircuitBreaker, Transition};
use crate::clock::nanos;
use crate::invalid::Invalid;

/// A breaker to be: the same words, for values that are known at run time only.
///
/// ```
/// use persevere_core::Invalid;
/// use persevere_core::breaker::Settings;
///
/// # fn configured() -> u32 { 0 }
/// let settings = Settings::new("payments").consecutive(configured());
/// assert_eq!(settings.checked().unwrap_err(), Invalid::Consecutive);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    name: &'static str,
    consecutive: Option<u32>,
    failed: Option<Rate>,
    slow: Option<Slow>,
    minimum: Option<u32>,
    open: Option<u64>,
    growth: Option<Growth>,
    probes: Option<u32>,
    successes: Option<u32>,
    ramp: Option<u64>,
    listener: Option<fn(&Transition)>,
}

/// Which calls are slow, and how many are too many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slow {
    pub(super) threshold: u64,
    pub(super) rate: Rate,
}

/// How the open time grows.
#[derive(Clone, Copy, Debug)]
struct Growth {
    factor: f64,
    max: u64,
}

/// 30 s.
const OPEN: u64 = 30_000_000_000;
const CONSECUTIVE: u32 = 5;

impl Settings {
    /// What [`CircuitBreaker::new`] begins with.
    pub const fn new(name: &'static str) -> Self {
        Settings {
            name,
            consecutive: None,
            failed: None,
            slow: None,
            minimum: None,
            open: None,
            growth: None,
            probes: None,
            successes: None,
            ramp: None,
            listener: None,
        }
    }

    /// The breaker, if none of its values can only be a mistake.
    ///
    /// # Errors
    ///
    /// The first such value.
    pub const fn checked(self) -> Result<CircuitBreaker, Invalid> {
        match self.check() {
            Ok(()) => Ok(CircuitBreaker::of(self)),
            Err(invalid) => Err(invalid),
        }
    }

    /// The same, or a panic: in a `static`, an error of the compiler.
    const fn asserted(self) -> Self {
        match self.check() {
            Ok(()) => self,
            Err(invalid) => panic!("{}", invalid.advice()),
        }
    }

    const fn check(&self) -> Result<(), Invalid> {
        if out_of(self.consecutive, 1, MOST_FAILURES) {
            return Err(Invalid::Consecutive);
        }
        if let Err(invalid) = self.check_rates() {
            return Err(invalid);
        }
        if out_of(self.successes, 1, self.permits()) {
            return Err(Invalid::Successes);
        }
        if out_of(Some(self.permits()), 1, MOST_PROBES) {
            return Err(Invalid::Probes);
        }
        if no_duration(self.open) || no_duration(self.ramp) {
            return Err(Invalid::BreakerDuration);
        }
        if let Some(Growth { factor, max }) = self.growth {
            if !(factor >= 1.0 && factor <= f64::MAX) {
                return Err(Invalid::Factor(factor));
            }
            if no_duration(Some(max)) {
                return Err(Invalid::BreakerDuration);
            }
            if let Some(open) = self.open {
                if max < open {
                    return Err(Invalid::CapBelowOpenTime);
                }
            }
        }
        Ok(())
    }
}

impl Settings {
    const fn check_rates(&self) -> Result<(), Invalid> {
        let slow = match self.slow {
            Some(Slow { threshold, rate }) => {
                if no_duration(Some(threshold)) {
                    return Err(Invalid::BreakerDuration);
                }
                Some(rate)
            }
            None => None,
        };
        if out_of(self.minimum, 1, u32::MAX) {
            return Err(Invalid::Minimum);
        }
        match self.check_rate(self.failed) {
            Ok(()) => self.check_rate(slow),
            invalid => invalid,
        }
    }

    const fn check_rate(&self, rate: Option<Rate>) -> Result<(), Invalid> {
        let Some(Rate { rate, window }) = rate else {
            return Ok(());
        };
        if !(rate >= 0.0 && rate <= 1.0) {
            return Err(Invalid::Rate(rate));
        }
        if !window.holds() {
            return Err(Invalid::Window);
        }
        match self.minimum {
            Some(minimum) if !window.reaches(minimum) => Err(Invalid::Minimum),
            _ => Ok(()),
        }
    }
}

const fn out_of(value: Option<u32>, least: u32, most: u32) -> bool {
    match value {
        Some(value) => value < least || value > most,
        None => false,
    }
}

/// Zero, or more nanoseconds than there are.
const fn no_duration(nanos: Option<u64>) -> bool {
    matches!(nanos, Some(0 | u64::MAX))
}

/// What the settings come to.
impl Settings {
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) const fn listens(&self) -> Option<fn(&Transition)> {
        self.listener
    }

    /// The failures in a row that open it; `None` where only rates do.
    pub(super) const fn threshold(&self) -> Option<u32> {
        match self.consecutive {
            None if !self.watches() => Some(CONSECUTIVE),
            failures => failures,
        }
    }

    /// Whether calls are remembered beyond failures in a row.
    #[inline]
    pub(super) const fn watches(&self) -> bool {
        self.failed.is_some() || self.slow.is_some()
    }

    /// Whether calls are timed.
    #[inline]
    pub(super) const fn times(&self) -> bool {
        self.slow.is_some()
    }

    pub(super) const fn failed(&self) -> Option<Rate> {
        self.failed
    }

    pub(super) const fn slow(&self) -> Option<Slow> {
        self.slow
    }

    pub(super) const fn least(&self) -> Option<u32> {
        self.minimum
    }

    pub(super) const fn permits(&self) -> u32 {
        match (self.probes, self.successes) {
            (Some(probes), _) | (None, Some(probes)) => probes,
            (None, None) => 1,
        }
    }

    pub(super) const fn needed(&self) -> u32 {
        match self.successes {
            Some(successes) => successes,
            None => self.permits(),
        }
    }

    pub(super) const fn ramp_nanos(&self) -> u64 {
        match self.ramp {
            Some(ramp) => ramp,
            None => 0,
        }
    }

    /// The open time of this opening in a row, from 1: `min(open · factor^(n−1), max)`.
    pub(super) fn open_nanos(&self, streak: u32) -> u64 {
        let open = self.open.unwrap_or(OPEN);
        let Some(Growth { factor, max }) = self.growth else {
            return open;
        };
        let grown = open as f64 * factor.powi(streak.saturating_sub(1) as i32);
        // `as` saturates.
        (grown as u64).min(max)
    }
}

/// The words, of a breaker and of settings alike.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $word:ident($($value:ident: $type:ty),+) sets $field:ident = $set:expr;
    )+) => {
        /// What it is told when it is made. In a `static` or `const` a bad value does not compile.
        ///
        /// # Panics
        ///
        /// Each of these, outside of a constant, on a value that can only be a mistake; [`Settings`]
        /// returns an error instead.
        impl CircuitBreaker {$(
            $(#[$doc])*
            #[must_use]
            pub const fn $word(mut self, $($value: $type),+) -> Self {
                self.settings = self.settings.$word($($value),+).asserted();
                self.watches = self.settings.watches();
                self.times = self.settings.times();
                self
            }
        )+}

        /// The words of [`CircuitBreaker`]; nothing is checked before
        /// [`checked`](Settings::checked).
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

words! {
    /// Opens after this many failures in a row; a success begins the row anew. 5 unless said, where no
    /// rate is given; with a rate, whichever comes first.
    ///
    /// At least 1, and less than 2³⁰.
    ///
    /// ```
    /// use persevere_core::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(10);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::CircuitBreaker;
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
    /// use persevere_core::CircuitBreaker;
    /// use persevere_core::breaker::count;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(0.5, count(100)).minimum(20);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::CircuitBreaker;
    /// # use persevere_core::breaker::count;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(50.0, count(100));
    /// ```
    failure_rate(rate: f64, window: Window) sets failed = Some(Rate { rate, window });

    /// Opens when `slow / calls ≥ rate` in the window, where a slow call takes longer than
    /// `longer_than`, whatever comes of it. Calls under way for longer count as slow already, if they
    /// began since the last closing: up to an eighth later than the threshold, and asked for by calls
    /// that begin.
    ///
    /// A slow probe counts as a failure. The rate is within `0..=1`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use persevere_core::CircuitBreaker;
    /// use persevere_core::breaker::time;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    ///     .slow_calls(Duration::from_secs(2), 0.8, time(Duration::from_secs(60)));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use std::time::Duration;
    /// # use persevere_core::CircuitBreaker;
    /// # use persevere_core::breaker::count;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").slow_calls(Duration::ZERO, 0.8, count(10));
    /// ```
    slow_calls(longer_than: Duration, rate: f64, window: Window) sets slow = Some(Slow {
        threshold: nanos(longer_than),
        rate: Rate { rate, window },
    });

    /// How many calls a window must hold before its rate means something. Unless said, a count window
    /// must be full, and a time window hold 20.
    ///
    /// At least 1, and no more than a count window can hold.
    ///
    /// ```
    /// use persevere_core::CircuitBreaker;
    /// use persevere_core::breaker::count;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(0.1, count(100)).minimum(10);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::CircuitBreaker;
    /// # use persevere_core::breaker::count;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").failure_rate(0.1, count(100)).minimum(101);
    /// ```
    minimum(calls: u32) sets minimum = Some(calls);

    /// How long it stays open before it lets probes through, 30 s unless said. A half-open time whose
    /// probes never end lasts as long; then its permits are given anew.
    ///
    /// ```
    /// use std::time::Duration;
    /// use persevere_core::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").open_for(Duration::from_secs(5));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use std::time::Duration;
    /// # use persevere_core::CircuitBreaker;
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
    /// use std::time::Duration;
    /// use persevere_core::CircuitBreaker;
    ///
    /// // 5 s, 7.5 s, 11.25 s … 60 s
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
    ///     .open_for(Duration::from_secs(5))
    ///     .growing(1.5, Duration::from_secs(60));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use std::time::Duration;
    /// # use persevere_core::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").growing(f64::NAN, Duration::from_secs(60));
    /// ```
    growing(factor: f64, max: Duration) sets growth = Some(Growth { factor, max: nanos(max) });

    /// How many calls a half-open time lets through, 1 unless said, and at most 1023; what is beyond is
    /// refused. A probe that is cancelled or ignored lets another one through.
    ///
    /// ```
    /// use persevere_core::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(3);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(0);
    /// ```
    probes(permits: u32) sets probes = Some(permits);

    /// How many of the probes must succeed to close it, all unless said. It opens again as soon as so
    /// many have failed that this cannot be reached.
    ///
    /// At least 1, and no more than there are [`probes`](CircuitBreaker::probes).
    ///
    /// ```
    /// use persevere_core::CircuitBreaker;
    ///
    /// // 3 of 4
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(4).successes(3);
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use persevere_core::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").probes(4).successes(5);
    /// ```
    successes(needed: u32) sets successes = Some(needed);

    /// Lets only a growing share of the calls through at first when probes have closed it: after t of
    /// `duration`, `t / duration` of them; the others are refused.
    ///
    /// ```
    /// use std::time::Duration;
    /// use persevere_core::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").ramp(Duration::from_secs(10));
    /// # let _ = &PAYMENTS;
    /// ```
    ///
    /// ```compile_fail,E0080
    /// # use std::time::Duration;
    /// # use persevere_core::CircuitBreaker;
    /// static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").ramp(Duration::MAX);
    /// ```
    ramp(duration: Duration) sets ramp = Some(nanos(duration));

    /// Tells this function of every change of state, after it, on the thread of the call that made it.
    /// A panic of it ends there.
    ///
    /// ```
    /// use persevere_core::CircuitBreaker;
    ///
    /// static PAYMENTS: CircuitBreaker =
    ///     CircuitBreaker::new("payments").listener(|change| eprintln!("{change}"));
    /// # let _ = &PAYMENTS;
    /// ```
    listener(tell: fn(&Transition)) sets listener = Some(tell);
}
