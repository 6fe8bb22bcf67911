//! Runtime core of `persevere`: strategies, and the engine that runs them.
//!
//! Use it through that crate, which adds the `#[retry]` attribute.
//!
//! [`stop`], [`wait`] and [`when`] are the strategies, and a [`RetryPolicy`] combines them. The engine is one
//! state machine without I/O. The blocking and the async runner, the step API ([`Steps`]) and the attribute
//! drive it.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without `std` the engine has no clock to run with: strategies, `resume` and `schedule` remain.
#![cfg_attr(not(feature = "std"), allow(dead_code, unused_imports))]
// The type of a policy is the list of its strategies, and it is meant to be.
#![allow(clippy::type_complexity)]

extern crate alloc;

mod call;
mod engine;
#[cfg_attr(not(feature = "std"), path = "guard/no_std.rs")]
mod guard;
mod integrations;
mod invalid;
#[cfg(feature = "std")]
pub mod inventory;
mod jitter;
#[cfg(feature = "std")]
mod registry;
mod test_hooks;
mod time;
mod transient;
mod util;

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "std")]
pub mod breaker;
#[cfg(feature = "std")]
pub mod budget;
#[cfg(feature = "std")]
pub mod bulkhead;
mod cancel;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "redis-fleet")]
pub mod fleet;
#[cfg(all(feature = "std", feature = "async"))]
pub mod hedge;
#[cfg(feature = "http")]
pub mod http;
pub mod policy;
#[cfg(feature = "std")]
pub mod rate_limiter;
pub mod stop;
pub mod switch;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
pub mod wait;
pub mod when;

#[cfg(feature = "std")]
pub use breaker::circuit_breaker::CircuitBreaker;
#[cfg(feature = "std")]
pub use breaker::circuit_open::CircuitOpen;
#[cfg(feature = "std")]
pub use budget::retry_budget::RetryBudget;
#[cfg(feature = "std")]
pub use bulkhead::{Bulkhead, BulkheadFull};
pub use call::attempt::Attempt;
pub use call::callbacks::GiveUp;
pub use call::error::{RetryError, StopReason};
pub use call::interrupt::{FromInterrupt, Interrupt};
pub use call::outcome::{Health, Missing, Opaque, Outcome, Verdict};
pub use call::random::RandomSource;
#[cfg(feature = "std")]
pub use call::report::Report;
pub use call::state::{Progress, RetryState};
#[cfg(feature = "std")]
pub use cancel::CancelToken;
#[cfg(feature = "config")]
pub use config::retry_config::RetryConfig;
#[cfg(feature = "config")]
pub use config::set::RetryConfigs;
#[cfg(feature = "redis-fleet")]
pub use fleet::Fleet;
#[cfg(feature = "std")]
pub use guard::nested;
pub use invalid::InvalidValue;
#[cfg(feature = "std")]
pub use inventory::{Inventory, inventory};
pub use policy::builder::RetryPolicy;
pub use policy::contract::Policy;
pub use policy::schedule::Schedule;
#[cfg(feature = "std")]
pub use policy::steps::{Next, Steps};
#[cfg(feature = "std")]
pub use rate_limiter::{RateLimited, RateLimiter};
#[cfg(feature = "std")]
pub use registry::Registry;
pub use stop::contract::Stop;
pub use telemetry::stats::RetryStats;
#[cfg(feature = "std")]
pub use time::clock;
pub use time::sleep::{AsyncSleep, Sleep};
pub use transient::{Classified, Transient};
pub use wait::contract::Wait;
pub use when::contract::Predicate;

/// Items for the attribute's expansion. Not for use by hand; they may change in any release.
#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private;
