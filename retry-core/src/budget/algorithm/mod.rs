//! Budget algorithms, one a file.

mod bounded;
mod budget_algorithm;
mod in_flight;
mod ratio;
mod throttle;
mod tokens;
pub(super) mod window;

pub(super) use self::budget_algorithm::{BudgetAlgorithm, Token, WHOLE};
pub(super) use self::in_flight::{InFlight, InFlightSettings};
pub(super) use self::ratio::{Ratio, RatioSettings};
pub(super) use self::throttle::{TOKEN, Throttle, ThrottleSettings};
pub(super) use self::tokens::{Tokens, TokensSettings};
