//! The settings of a budget.

use core::time::Duration;

use super::algorithm::{
    InFlightSettings, RatioSettings, TOKEN, ThrottleSettings, TokensSettings, WHOLE,
};
use crate::invalid::InvalidValue;

/// The settings of a [`RetryBudget`](crate::RetryBudget), for values known only at run time.
///
/// They have the same methods, and [`build`](Settings::build) returns the first value that can only be a
/// mistake as an error.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::InvalidValue;
/// use persevere::budget::Settings;
///
/// # fn configured() -> u32 { 500 }
/// let budget = Settings::tokens(configured()).costs(5, 10).build()?;
/// assert_eq!(budget.available(), 100);
/// assert_eq!(Settings::tokens(9).build().unwrap_err(), InvalidValue::BudgetCapacity(9));
/// # Ok::<_, InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Settings(Result<AlgorithmSettings, InvalidValue>);

/// The algorithm of a budget, with its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum AlgorithmSettings {
    Tokens(TokensSettings),
    Ratio(RatioSettings),
    Throttle(ThrottleSettings),
    InFlight(InFlightSettings),
}

impl Settings {
    /// Creates the settings of [`RetryBudget::tokens`](crate::RetryBudget::tokens).
    #[must_use]
    pub const fn tokens(capacity: u32) -> Self {
        let settings = TokensSettings {
            capacity,
            retry: 5,
            timed_out: 10,
            refills: true,
        };
        if capacity < settings.timed_out {
            return Settings(Err(InvalidValue::BudgetCapacity(capacity)));
        }
        Settings(Ok(AlgorithmSettings::Tokens(settings)))
    }

    /// Creates the settings of [`RetryBudget::total`](crate::RetryBudget::total): a bucket that nothing
    /// refills.
    #[must_use]
    pub const fn total(retries: u32) -> Self {
        Settings(Ok(AlgorithmSettings::Tokens(TokensSettings {
            capacity: retries,
            retry: 1,
            timed_out: 1,
            refills: false,
        })))
    }

    /// Sets the cost of a retry, as [`RetryBudget::costs`](crate::RetryBudget::costs) does.
    #[must_use]
    pub const fn costs(self, retry: u32, timed_out: u32) -> Self {
        let settings = match self.0 {
            Ok(AlgorithmSettings::Tokens(settings)) if settings.refills => settings,
            Ok(_) => return Settings(Err(InvalidValue::BudgetKind)),
            Err(_) => return self,
        };
        if retry == 0 || retry > settings.capacity {
            return Settings(Err(InvalidValue::BudgetCost(retry)));
        }
        if timed_out == 0 || timed_out > settings.capacity {
            return Settings(Err(InvalidValue::BudgetCost(timed_out)));
        }
        Settings(Ok(AlgorithmSettings::Tokens(TokensSettings {
            retry,
            timed_out,
            ..settings
        })))
    }

    /// Creates the settings of [`RetryBudget::ratio`](crate::RetryBudget::ratio).
    #[must_use]
    pub const fn ratio(ratio: f64, window: Duration) -> Self {
        let (least, most) = (Duration::from_secs(1), Duration::from_secs(60));
        if window.as_nanos() < least.as_nanos() || window.as_nanos() > most.as_nanos() {
            return Settings(Err(InvalidValue::BudgetWindow(window)));
        }
        match millionths(ratio) {
            Ok(ratio) => Settings(Ok(AlgorithmSettings::Ratio(RatioSettings {
                ratio,
                window,
                reserve: 10,
            }))),
            Err(invalid) => Settings(Err(invalid)),
        }
    }

    /// Sets the retries a second on top, as [`RetryBudget::reserve`](crate::RetryBudget::reserve) does.
    #[must_use]
    pub const fn reserve(self, per_second: u32) -> Self {
        match self.0 {
            Ok(AlgorithmSettings::Ratio(settings)) => {
                Settings(Ok(AlgorithmSettings::Ratio(RatioSettings {
                    reserve: per_second,
                    ..settings
                })))
            }
            Ok(_) => Settings(Err(InvalidValue::BudgetKind)),
            Err(_) => self,
        }
    }

    /// Creates the settings of [`RetryBudget::throttle`](crate::RetryBudget::throttle).
    #[must_use]
    pub const fn throttle(max_tokens: u32, ratio: f64) -> Self {
        if max_tokens == 0 {
            return Settings(Err(InvalidValue::BudgetCapacity(0)));
        }
        if !(ratio >= 0.001 && ratio <= 1.0) {
            return Settings(Err(InvalidValue::BudgetRatio(ratio)));
        }
        Settings(Ok(AlgorithmSettings::Throttle(ThrottleSettings {
            max: max_tokens as u64 * TOKEN,
            // Decimals after the third are ignored, as in gRPC.
            gain: (ratio * TOKEN as f64) as u64,
        })))
    }

    /// Creates the settings of [`RetryBudget::in_flight`](crate::RetryBudget::in_flight).
    #[must_use]
    pub const fn in_flight(minimum: u32, ratio: f64) -> Self {
        match millionths(ratio) {
            Ok(ratio) => Settings(Ok(AlgorithmSettings::InFlight(InFlightSettings {
                minimum,
                ratio,
            }))),
            Err(invalid) => Settings(Err(invalid)),
        }
    }

    /// Returns the settings of an existing budget.
    pub(super) const fn of(settings: AlgorithmSettings) -> Self {
        Settings(Ok(settings))
    }

    /// Returns the first value that can only be a mistake, if any.
    pub(super) const fn checked(self) -> Result<AlgorithmSettings, InvalidValue> {
        self.0
    }

    /// Panics on a value that can only be a mistake; a `static` with one does not compile.
    pub(super) const fn validated(self) -> AlgorithmSettings {
        match self.0 {
            Ok(settings) => settings,
            Err(invalid) => panic!("{}", invalid.advice()),
        }
    }
}

const fn millionths(ratio: f64) -> Result<u64, InvalidValue> {
    // Not `contains`, which is not const; a NaN fails every comparison.
    if ratio >= 0.0 && ratio <= 1.0 {
        Ok((ratio * WHOLE as f64 + 0.5) as u64)
    } else {
        Err(InvalidValue::BudgetRatio(ratio))
    }
}
