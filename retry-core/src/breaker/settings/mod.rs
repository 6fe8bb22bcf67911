//! The settings of a breaker.

use self::open_times::OpenTimes;
use self::period::PeriodSettings;
use self::rate::RateSettings;
use self::window::{Kind, Window};
use super::change::Transition;
use super::packed::{MOST_FAILURES, MOST_PROBES};
use super::state::State;
use crate::invalid::InvalidValue;
use crate::util::key::Key;

mod methods;
mod open_times;
pub(super) mod period;
pub(super) mod rate;
pub(super) mod window;

/// The settings of a [`CircuitBreaker`](crate::CircuitBreaker), for values known only at run time.
///
/// They have the same methods, and [`build`](Settings::build) returns the first value that can only be a
/// mistake as an error.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::InvalidValue;
/// use persevere::breaker::Settings;
///
/// # fn configured() -> u32 { 0 }
/// let settings = Settings::new("payments").consecutive(configured());
/// assert_eq!(settings.build().unwrap_err(), InvalidValue::Consecutive);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    name: &'static str,
    key: Option<Key>,
    consecutive: Option<u32>,
    failed: Option<RateSettings>,
    slow: Option<SlowSettings>,
    in_period: Option<PeriodSettings>,
    minimum: Option<u32>,
    open: Option<u64>,
    growth: Option<Growth>,
    open_times: Option<OpenTimes>,
    probes: Option<u32>,
    successes: Option<u32>,
    ramp: Option<u64>,
    metrics_only: bool,
    listener: Option<fn(&Transition)>,
}

/// The threshold of slow calls, and the rate of them that opens a breaker.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlowSettings {
    pub(super) longer_than: u64,
    pub(super) rate: RateSettings,
}

/// The growth of the open time.
#[derive(Clone, Copy, Debug)]
struct Growth {
    factor: f64,
    max: u64,
}

/// The default open time: 30 s.
pub(super) const OPEN: u64 = 30_000_000_000;
const CONSECUTIVE: u32 = 5;

impl Settings {
    /// Creates the settings that [`CircuitBreaker::new`](crate::CircuitBreaker::new) begins with.
    pub const fn new(name: &'static str) -> Self {
        Settings {
            name,
            key: None,
            consecutive: None,
            failed: None,
            slow: None,
            in_period: None,
            minimum: None,
            open: None,
            growth: None,
            open_times: None,
            probes: None,
            successes: None,
            ramp: None,
            metrics_only: false,
            listener: None,
        }
    }

    /// Panics on a value that can only be a mistake; a `static` with one does not compile.
    pub(super) const fn validated(self) -> Self {
        // The open time may be still to come.
        match self.check(self.open) {
            Ok(()) => self,
            Err(invalid) => panic!("{}", invalid.advice()),
        }
    }

    /// Checks the values; `open` is the open time, where it is known.
    const fn check(&self, open: Option<u64>) -> Result<(), InvalidValue> {
        if out_of(self.consecutive, 1, MOST_FAILURES) {
            return Err(InvalidValue::Consecutive);
        }
        if let Err(invalid) = self.check_rates() {
            return Err(invalid);
        }
        if let Some(PeriodSettings { failures, nanos }) = self.in_period {
            if failures == 0 || !Window(Kind::Time(nanos)).holds() {
                return Err(InvalidValue::FailuresWithin);
            }
        }
        if out_of(self.successes, 1, self.permits()) {
            return Err(InvalidValue::Successes);
        }
        if out_of(Some(self.permits()), 1, MOST_PROBES) {
            return Err(InvalidValue::Probes);
        }
        if no_duration(self.open) || no_duration(self.ramp) {
            return Err(InvalidValue::BreakerDuration);
        }
        if let Some(times) = &self.open_times {
            if !times.are_valid() {
                return Err(InvalidValue::OpenTimes);
            }
            if self.open.is_some() || self.growth.is_some() {
                return Err(InvalidValue::OpenTimesAndOpenFor);
            }
        }
        if let Some(Growth { factor, max }) = self.growth {
            if !(factor >= 1.0 && factor <= f64::MAX) {
                return Err(InvalidValue::Factor(factor));
            }
            if no_duration(Some(max)) {
                return Err(InvalidValue::BreakerDuration);
            }
            if let Some(open) = open {
                if max < open {
                    return Err(InvalidValue::CapBelowOpenTime);
                }
            }
        }
        Ok(())
    }
}

impl Settings {
    const fn check_rates(&self) -> Result<(), InvalidValue> {
        let slow = match self.slow {
            Some(SlowSettings { longer_than, rate }) => {
                if no_duration(Some(longer_than)) {
                    return Err(InvalidValue::BreakerDuration);
                }
                Some(rate)
            }
            None => None,
        };
        if out_of(self.minimum, 1, u32::MAX) {
            return Err(InvalidValue::Minimum);
        }
        match self.check_rate(self.failed) {
            Ok(()) => self.check_rate(slow),
            invalid => invalid,
        }
    }

    const fn check_rate(&self, rate: Option<RateSettings>) -> Result<(), InvalidValue> {
        let Some(RateSettings { rate, window }) = rate else {
            return Ok(());
        };
        if !(rate >= 0.0 && rate <= 1.0) {
            return Err(InvalidValue::Rate(rate));
        }
        if !window.holds() {
            return Err(InvalidValue::Window);
        }
        match self.minimum {
            Some(minimum) if !window.reaches(minimum) => Err(InvalidValue::Minimum),
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

/// Returns whether it is zero, or more nanoseconds than fit.
const fn no_duration(nanos: Option<u64>) -> bool {
    matches!(nanos, Some(0 | u64::MAX))
}

impl Settings {
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    pub(super) fn set_key(&mut self, key: &str) {
        self.key = Some(Key::new(key));
    }

    pub(super) const fn on_change(&self) -> Option<fn(&Transition)> {
        self.listener
    }

    /// Returns the failures in a row that open it; `None` where only rates do.
    pub(super) const fn threshold(&self) -> Option<u32> {
        match self.consecutive {
            None if !self.has_metrics() => Some(CONSECUTIVE),
            failures => failures,
        }
    }

    /// Returns whether calls are remembered beyond failures in a row.
    #[inline]
    pub(super) const fn has_metrics(&self) -> bool {
        self.failed.is_some() || self.slow.is_some() || self.in_period.is_some()
    }

    /// Returns whether successes are remembered beyond failures in a row.
    #[inline]
    pub(super) const fn counts_successes(&self) -> bool {
        self.failed.is_some() || self.slow.is_some()
    }

    /// Returns whether calls are timed.
    #[inline]
    pub(super) const fn times(&self) -> bool {
        self.slow.is_some()
    }

    pub(super) const fn failed(&self) -> Option<RateSettings> {
        self.failed
    }

    pub(super) const fn slow(&self) -> Option<SlowSettings> {
        self.slow
    }

    pub(super) const fn in_period(&self) -> Option<PeriodSettings> {
        self.in_period
    }

    pub(super) const fn least(&self) -> Option<u32> {
        self.minimum
    }

    /// Returns the state of a new breaker, and of one that is reset.
    pub(super) const fn initial(&self) -> State {
        if self.metrics_only {
            State::MetricsOnly
        } else {
            State::Closed
        }
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

    /// Returns the longest open time.
    #[cfg(feature = "redis-fleet")]
    pub(super) fn longest_open_nanos(&self) -> u64 {
        match &self.open_times {
            Some(times) => times.longest(),
            None => self.open_nanos(u32::from(u8::MAX)),
        }
    }

    /// Returns the open time of the nth opening in a row, from 1: that of the list, or
    /// `min(open · factor^(n−1), max)`.
    pub(super) fn open_nanos(&self, streak: u32) -> u64 {
        if let Some(times) = &self.open_times {
            return times.nth(streak);
        }
        let open = self.open.unwrap_or(OPEN);
        let Some(Growth { factor, max }) = self.growth else {
            return open;
        };
        let grown = open as f64 * factor.powi(streak.saturating_sub(1) as i32);
        // `as` saturates.
        (grown as u64).min(max)
    }
}
