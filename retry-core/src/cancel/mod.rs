//! Cancellation: tokens that end calls from outside, and pauses that end early.
//!
//! ```
//! # use persevere_core as persevere;
//! use persevere::{CancelToken, RetryPolicy, stop};
//!
//! static SHUTDOWN: CancelToken = CancelToken::new();
//!
//! let policy = RetryPolicy::new().stop(stop::after_attempt(10) | stop::cancelled(&SHUTDOWN));
//! # let _ = policy;
//! // Where a signal or an operator says so:
//! SHUTDOWN.cancel();
//! ```

#[cfg(feature = "std")]
mod blocking;
mod cancellation;
mod contract;
#[cfg(feature = "async")]
mod interruptible;
#[cfg(all(test, persevere_loom))]
mod model;
#[cfg(feature = "std")]
mod token;

#[cfg(feature = "std")]
pub use self::blocking::sleep_blocking;
#[cfg(feature = "std")]
pub(crate) use self::blocking::{Woken, sleep_until};
pub use self::cancellation::{Cancellation, Cancelled};
pub use self::contract::Cancel;
#[cfg(feature = "async")]
pub use self::interruptible::Interruptible;
#[cfg(feature = "async")]
pub(crate) use self::interruptible::Listener;
#[cfg(feature = "std")]
pub use self::token::{CancelToken, WhenCancelled};
