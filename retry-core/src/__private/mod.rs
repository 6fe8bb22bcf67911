//! The support of the attribute's expansion, which determines every item here: see `retry-macros`.

#[cfg(feature = "std")]
mod driven;
mod driver;
mod editor;
pub mod expect;
#[cfg(feature = "std")]
mod guarded;
mod named;
mod outcome_type;
mod probe;
mod reexports;
#[cfg(feature = "std")]
pub mod retain;
mod retry_after;
#[cfg(feature = "stream")]
pub mod stream;
mod with_streams;
mod wrap_err;

#[cfg(feature = "std")]
pub use self::driven::{failures, interrupts_of};
pub use self::driver::*;
#[cfg(all(feature = "std", feature = "async"))]
pub use self::expect::Hedged;
pub use self::expect::SharedStats;
#[cfg(feature = "std")]
pub use self::expect::{SharedBudget, SharedBulkhead, SharedRateLimiter};
#[cfg(feature = "std")]
pub use self::guarded::*;
pub use self::named::{Named, RetryConfigs, when_or};
pub use self::outcome_type::{OutcomeType, outcome_type};
pub use self::probe::{Probe, describe, inspect, last_value, override_interrupt};
pub use self::reexports::*;
pub use self::retry_after::RetryAfter;
pub use self::wrap_err::{Wrapped, wrapping};
pub use crate::__editor as editor;
pub use crate::__with_streams as with_streams;
