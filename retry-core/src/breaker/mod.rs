//! Circuit breakers, which stop calls to a dependency that keeps failing.
//!
//! A breaker admits calls while it is *closed*. When too many fail it *opens*: calls are refused at once,
//! without a wait and without load on the failing service. After the open time it is *half-open*: a few
//! probes go through, and their outcomes close it or open it again. The terms are those of resilience4j; the
//! idea is Nygard's ("Release It!", 2007).
//!
//! ```
//! # use persevere_core as persevere;
//! use std::time::Duration;
//! use persevere::CircuitBreaker;
//!
//! static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments")
//!     .consecutive(2)
//!     .open_for(Duration::from_secs(30));
//!
//! let refused = || Err::<(), _>(std::io::Error::other("refused"));
//! for _ in 0..2 {
//!     assert_eq!(PAYMENTS.call(refused).unwrap_err().to_string(), "refused");
//! }
//! assert_eq!(PAYMENTS.call(refused).unwrap_err().to_string(), "the circuit is open");
//! ```
//!
//! A listener hears of each change as a [`Transition`], which tells the reason in one log line. A breaker that is
//! [`metrics_only`](crate::CircuitBreaker::metrics_only) opens never, and tells when it would have. No thread of its
//! own ends an open time: the next call does, and [`state`](crate::CircuitBreaker::state) looks at the clock.
//!
//! All state is in atomics, and no call waits for another. A call that succeeds through a closed breaker
//! writes nothing that a busy thread shares: for failures in a row it writes nothing at all, for a rate a count.
//! Threads count in one place, until one of them comes there often: it gets cache lines of its own. So do
//! threads that are refused. The state, the permits of the half-open time and the failures in a row are one
//! word, so that each transition happens once. Calls allocate nothing but that: a breaker with a rate allocates
//! at its first call, and once for each thread that is busy in it, at most two for each processor.

mod admission;
mod breaker_state;
mod cached_clock;
mod call;
mod call_result;
mod change;
pub(crate) mod circuit_breaker;
pub(crate) mod circuit_open;
mod classified;
mod classify;
mod controls;
mod counts;
mod epoch;
mod failure_kind;
#[cfg(feature = "redis-fleet")]
mod fleet;
#[cfg(feature = "config")]
mod hold;
mod metrics;
#[cfg(all(test, persevere_loom))]
mod model;
#[cfg(feature = "tower")]
mod owned_permit;
mod packed;
mod panics;
mod permit;
mod pressure;
mod reason;
mod recent_calls;
mod recording;
mod sequencer;
mod settings;
mod snapshot;
mod state;
mod transition;
mod try_call;
mod wait_for;
mod wait_queue;
mod waiter;

pub(crate) use self::breaker_state::BreakerState;
#[cfg(feature = "async")]
pub use self::call::Calling;
pub use self::call_result::CallResult;
pub use self::change::Transition;
pub(crate) use self::circuit_breaker::CircuitBreaker;
pub use self::classified::ClassifiedBreaker;
pub use self::classify::Breaker;
pub use self::counts::Counts;
pub(crate) use self::failure_kind::{ErrorOf, Interrupted, PastDeadline, TimedOut, ValueOf};
#[cfg(feature = "redis-fleet")]
pub(crate) use self::fleet::Stay;
#[cfg(feature = "config")]
pub(crate) use self::hold::Hold;
pub use self::metrics::window_counts::WindowCounts;
#[cfg(feature = "tower")]
pub(crate) use self::owned_permit::OwnedPermit;
pub(crate) use self::panics::{during, fail, on_panic};
pub use self::permit::Permit;
pub use self::reason::Reason;
pub use self::recent_calls::RecentCalls;
pub use self::settings::Settings;
pub use self::settings::window::{Window, count, time};
pub use self::snapshot::Snapshot;
pub use self::state::State;
pub use self::try_call::CallError;
#[cfg(feature = "async")]
pub use self::try_call::TryCalling;
pub use self::wait_for::{WaitFor, wait_for};
pub(crate) use self::waiter::Waiter;
pub use crate::util::key::Key;
