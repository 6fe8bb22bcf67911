//! Policies as data, from files and environment variables, changed while the program runs.
//!
//! A [`RetryConfig`](crate::RetryConfig) is a policy whose values are written as text, in the words of the
//! attribute. A [`RetryConfigs`](crate::RetryConfigs) is a set of them by name, with which operators tune
//! functions without a rebuild. Predicates and callbacks stay in the program, next to `policy`:
//!
//! ```text
//! static CONFIG: RetryConfigs = RetryConfigs::new(&["payments", "search"]);
//!
//! #[retry(policy = CONFIG.get("payments"), when = transient())]
//! async fn charge(order: &Order) -> Result<Receipt, ApiError> { .. }
//! ```
//!
//! In the attribute the compiler looks up a literal name in a `static` set. An undeclared name is an error,
//! which lists the declared ones. For a set of a type of your own write `(&SET).get("payments")`.
//!
//! | key | value |
//! |---|---|
//! | `when` | a [`WhenConfig`], for names of [`with_when`](crate::RetryConfigs::with_when): `unsent()` |
//! | `stop` | a [`StopConfig`]: `after_attempt(5) \| after_delay(30s)` |
//! | `wait` | a [`WaitConfig`]: `exponential(100ms).max(10s).full_jitter()` |
//! | `deadline` | the longest that the whole call may take: `1min` |
//! | `attempt_timeout` | the longest that one attempt may take: `2s`; blocking calls ignore it |
//! | `reset_after` | an attempt that ran longer than this restarts counts and schedule: `10min` |
//! | `hedge` | a [`HedgeConfig`], for names of [`with_hedge`](crate::RetryConfigs::with_hedge): `delay(200ms).copies(3)` |
//! | `enabled` | `false` makes one attempt and no retry |
//! | `nested` | inside another retried call: `independent()`, `share()`, `single()` |
//! | `breaker` | a [`BreakerConfig`]: `consecutive(5).open_for(30s)` |
//! | `breaker_state` | a [`ForcedState`] that operators force on the breaker: `forced_open`, `forced_closed`, `disabled`, `metrics_only` |
//! | `rate_limiter` | a [`RateLimiterConfig`]: `rate(5000, 1h).burst(50)`, `adaptive()` |
//! | `bulkhead` | a [`BulkheadConfig`]: `places(20).queue(100)`, `adaptive(1, 200)` |
//! | `budget` | a [`BudgetConfig`]: `ratio(0.2, 10s)` |
//!
//! A missing key has the value of a bare `#[retry]`. `none()` cancels an inherited `when`, `hedge`,
//! `deadline`, `attempt_timeout`, `reset_after`, `breaker`, `breaker_state`, `rate_limiter`, `bulkhead` or `budget`.

use core::time::Duration;

mod builder;
mod error;
mod inline_interrupt;
mod partial;
mod raw_value;
pub(crate) mod retry_config;
mod serde;
pub(crate) mod set;
mod syntax;
mod values;
mod watch;
mod when;

pub use self::error::ConfigError;
pub use self::retry_config::ConfiguredPolicy;
pub use self::set::Named;
pub use self::values::{
    BreakerConfig, BudgetConfig, BulkheadConfig, ForcedState, HedgeConfig, RateLimiterConfig,
    StopConfig, WaitConfig, WhenConfig,
};
pub use self::watch::{Watch, WatchStatus, Watching};
#[doc(hidden)]
pub use self::when::FileWhen;
pub use self::when::WhenOr;

/// Parses a duration in the syntax of configurations, for a program's other settings.
///
/// # Errors
///
/// A [`ConfigError`] with the mistake, and the text to write instead.
///
/// ```
/// # use persevere_core as persevere;
/// use std::time::Duration;
/// use persevere::config;
///
/// assert_eq!(config::duration("1.5s")?, Duration::from_millis(1500));
/// assert!(config::duration("5").unwrap_err().to_string().contains("`5s`"));
/// # Ok::<(), persevere::config::ConfigError>(())
/// ```
pub fn duration(text: &str) -> Result<Duration, ConfigError> {
    syntax::read_duration(text).map_err(|error| ConfigError::of_value(text, error))
}
