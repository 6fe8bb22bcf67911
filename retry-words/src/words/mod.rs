//! Tables of words, with one row per word.

mod breaker;
mod budget;
mod bulkhead;
mod callback;
mod hedge;
mod nested;
mod rate_limiter;
mod stop;
#[cfg(test)]
mod tests;
mod wait;
mod when;

pub use self::breaker::{BREAKER, BREAKER_VIEW, WINDOW};
pub use self::budget::{BUDGET, BUDGET_SETTING};
pub use self::bulkhead::{BULKHEAD, BULKHEAD_SETTING};
pub use self::callback::CALLBACK;
pub use self::hedge::{FILE_HEDGE, HEDGE, HEDGE_SETTING};
pub use self::nested::NESTED;
pub use self::rate_limiter::{RATE_LIMITER, RATE_LIMITER_SETTING};
pub use self::stop::STOP;
pub use self::wait::{WAIT, WAIT_MODIFIER};
pub use self::when::{PREDICATE_MODIFIER, WHEN};
use crate::vocabulary::Vocabulary;

/// The vocabularies of strategies.
pub static STRATEGIES: [&Vocabulary; 3] = [&STOP, &WAIT, &WHEN];
