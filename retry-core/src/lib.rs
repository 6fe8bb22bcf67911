//! Runtime core of `persevere`: strategies, and the engine that runs
//! them. Use it through that crate, which adds the `#[retry]` attribute.
//!
//! One noun a module: [`stop`], [`wait`] and [`when`] are the strategies; a [`RetryPolicy`] puts
//! them together; the engine is one state machine without I/O, which the blocking and the async
//! runner, the step API ([`Steps`]) and the attribute drive.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without `std` there is no clock to drive the engine with: strategies, `resume` and `schedule`
// remain.
#![cfg_attr(not(feature = "std"), allow(dead_code, unused_imports))]
// The type of a policy is the list of its strategies, and it is meant to be.
#![allow(clippy::type_complexity)]

extern crate alloc;

#[cfg(feature = "std")]
mod alarm;
mod attempt;
mod call;
mod cases;
mod coop;
#[cfg(all(feature = "std", feature = "async"))]
mod cut;
#[cfg(feature = "std")]
mod deadline;
mod error;
mod guard;
mod hooks;
mod human;
mod interrupt;
mod invalid;
mod jitter;
mod outcome;
mod overrides;
mod policy;
#[cfg(feature = "std")]
mod registry;
#[cfg(feature = "std")]
mod report;
mod rest;
mod schedule;
mod sleep;
mod source_chain;
mod state;
mod stats;
#[cfg(feature = "std")]
mod steps;
mod sync;
mod transient;

#[cfg(all(feature = "std", feature = "async"))]
mod asynchronous;
#[cfg(feature = "std")]
mod blocked;
#[cfg(feature = "std")]
mod blocking;
#[cfg(feature = "std")]
mod budget;

#[cfg(feature = "std")]
pub mod breaker;
pub mod cancel;
#[cfg(feature = "std")]
pub mod clock;
#[cfg(not(feature = "std"))]
mod clock;
#[cfg(feature = "config")]
pub mod config;
#[cfg(all(feature = "std", feature = "async"))]
pub mod hedge;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "std")]
pub mod nested;
pub mod stop;
pub mod switch;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
pub mod wait;
pub mod when;

#[cfg(all(feature = "std", feature = "async"))]
pub use asynchronous::{AsyncOperation, ReportAsync, RunAsync};
pub use attempt::Attempt;
#[cfg(feature = "std")]
pub use blocking::Operation;
#[cfg(feature = "std")]
pub use breaker::{Breaker, CircuitBreaker, CircuitOpen, Permit, Weight};
#[cfg(feature = "std")]
pub use budget::{Budget, RetryBudget};
#[cfg(feature = "std")]
#[doc(hidden)]
pub use budget::{Fund, Purse};
#[cfg(feature = "std")]
pub use cancel::CancelToken;
pub use cases::{Case, Cases};
#[cfg(feature = "config")]
pub use config::{ConfigError, RetryConfig, RetryConfigs};
#[cfg(feature = "std")]
pub use deadline::{Deadline, IntoDeadline};
pub use error::{RetryError, StopReason};
pub use guard::Guard;
#[cfg(feature = "std")]
pub use guard::{Guards, Watch};
pub use hooks::{Callback, GiveUp, Hooks};
pub use interrupt::{FromInterrupt, Interrupt};
pub use invalid::Invalid;
pub use jitter::Dice;
#[cfg(feature = "std")]
pub use nested::{Nested, Nesting};
pub use outcome::{Health, Missing, Outcome, Verdict, Whole};
pub use policy::{Policy, RetryPolicy};
#[cfg(feature = "std")]
pub use registry::Registry;
#[cfg(feature = "std")]
pub use report::Report;
pub use schedule::{Row, Schedule};
pub use sleep::{AsyncSleep, Auto, Awaiting, Blocking, Sleep, Sleeper};
pub use state::{Progress, RetryState};
pub use stats::RetryStats;
#[cfg(feature = "std")]
pub use steps::{Next, Steps};
pub use stop::Stop;
pub use transient::{Judged, Transient};
pub use wait::Wait;
pub use when::Predicate;

/// What the attribute's expansion calls. Not for use by hand; it may change in any release.
#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private;
