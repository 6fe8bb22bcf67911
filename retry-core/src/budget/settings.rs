//! The settings of a budget before its first use: plain data, so that it can stand in a `static`.

use core::time::Duration;

use super::algorithm::{
    InFlightSettings, RatioSettings, TOKEN, ThrottleSettings, TokensSettings, WHOLE,
};
use crate::invalid::InvalidValue;

/// Which algorithm, and its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Settings {
    Tokens(TokensSettings),
    Ratio(RatioSettings),
    Throttle(ThrottleSettings),
    InFlight(InFlightSettings),
}

impl Settings {
    pub(super) const fn tokens(capacity: u32) -> Result<Settings, InvalidValue> {
        let settings = TokensSettings {
            capacity,
            retry: 5,
            timed_out: 10,
            refills: true,
        };
        if capacity < settings.timed_out {
            return Err(InvalidValue::BudgetCapacity(capacity));
        }
        Ok(Settings::Tokens(settings))
    }

    /// A bucket that nothing refills.
    pub(super) const fn total(retries: u32) -> Settings {
        Settings::Tokens(TokensSettings {
            capacity: retries,
            retry: 1,
            timed_out: 1,
            refills: false,
        })
    }

    pub(super) const fn costing(
        self,
        retry: u32,
        timed_out: u32,
    ) -> Result<Settings, InvalidValue> {
        match self {
            Settings::Tokens(settings) if settings.refills => {
                if retry == 0 || retry > settings.capacity {
                    return Err(InvalidValue::BudgetCost(retry));
                }
                if timed_out == 0 || timed_out > settings.capacity {
                    return Err(InvalidValue::BudgetCost(timed_out));
                }
                Ok(Settings::Tokens(TokensSettings {
                    retry,
                    timed_out,
                    ..settings
                }))
            }
            _ => Err(InvalidValue::BudgetKind),
        }
    }

    pub(super) const fn ratio(ratio: f64, window: Duration) -> Result<Settings, InvalidValue> {
        let seconds = Duration::from_secs(1).as_nanos()..=Duration::from_secs(60).as_nanos();
        if window.as_nanos() < *seconds.start() || window.as_nanos() > *seconds.end() {
            return Err(InvalidValue::BudgetWindow(window));
        }
        match millionths(ratio) {
            Ok(ratio) => Ok(Settings::Ratio(RatioSettings {
                ratio,
                window,
                reserve: 10,
            })),
            Err(mistake) => Err(mistake),
        }
    }

    pub(super) const fn reserving(self, reserve: u32) -> Result<Settings, InvalidValue> {
        match self {
            Settings::Ratio(settings) => Ok(Settings::Ratio(RatioSettings {
                reserve,
                ..settings
            })),
            _ => Err(InvalidValue::BudgetKind),
        }
    }

    pub(super) const fn throttle(max_tokens: u32, ratio: f64) -> Result<Settings, InvalidValue> {
        if max_tokens == 0 {
            return Err(InvalidValue::BudgetCapacity(0));
        }
        if !(ratio >= 0.001 && ratio <= 1.0) {
            return Err(InvalidValue::BudgetRatio(ratio));
        }
        Ok(Settings::Throttle(ThrottleSettings {
            max: max_tokens as u64 * TOKEN,
            // Decimals after the third are ignored, as gRPC says.
            gain: (ratio * TOKEN as f64) as u64,
        }))
    }

    pub(super) const fn in_flight(minimum: u32, ratio: f64) -> Result<Settings, InvalidValue> {
        match millionths(ratio) {
            Ok(ratio) => Ok(Settings::InFlight(InFlightSettings { minimum, ratio })),
            Err(mistake) => Err(mistake),
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

/// The settings, unless it can only be a mistake: in a `static` that does not compile.
pub(super) const fn validated(settings: Result<Settings, InvalidValue>) -> Settings {
    match settings {
        Ok(settings) => settings,
        Err(InvalidValue::BudgetCapacity(_)) => {
            panic!("the capacity of the budget does not pay for one retry")
        }
        Err(InvalidValue::BudgetCost(_)) => {
            panic!("a retry costs at least 1 token, and at most the capacity of the budget")
        }
        Err(InvalidValue::BudgetRatio(_)) => {
            panic!("the ratio of a budget is between 0 and 1; a throttle's is at least 0.001")
        }
        Err(InvalidValue::BudgetWindow(_)) => {
            panic!("the window of a budget is between 1 s and 60 s")
        }
        Err(_) => panic!("`costs` is for a budget of `tokens`, `reserve` for one with a `ratio`"),
    }
}
