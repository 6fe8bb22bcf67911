//! Hedges, which start further copies of a slow attempt: the first answer wins.
//!
//! A few attempts are slow for no reason of their own: a busy machine, a lost packet. An attempt that has
//! taken longer than most is copied, and the first copy to answer gives the attempt's outcome; the others are
//! dropped. Two per cent more load can take most of the tail away ([Dean and Barroso, *The Tail at
//! Scale*](https://doi.org/10.1145/2408776.2408794)). The rules are those of [gRPC's proposal
//! A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#hedging-policy).
//!
//! Copies run beside each other, so hedge only an operation that may be done twice, and that borrows nothing
//! mutably. All of them are polled by the one task that awaits the attempt: nothing is spawned.
//!
//! ```
//! # use persevere_core as persevere;
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! use std::time::Duration;
//! use persevere::hedge::{self, Hedge};
//! use persevere::{Policy, RetryPolicy};
//!
//! const HEDGE: Hedge = hedge::delay(Duration::from_millis(50));
//!
//! let mut copies = 0;
//! let read = || {
//!     copies += 1;
//!     let slow = Duration::from_secs(if copies == 1 { 60 } else { 1 });
//!     async move {
//!         tokio::time::sleep(slow).await;
//!         Ok::<_, ()>(slow)
//!     }
//! };
//! let policy = RetryPolicy::new().hedge(HEDGE).sleep_async(tokio::time::sleep);
//! assert_eq!(policy.run_async(read).await, Ok(Duration::from_secs(1)));
//! # });
//! ```

mod decaying_histogram;
mod latency;
#[cfg(all(test, persevere_loom))]
mod model;
mod pace;
mod race;
mod recorder;
mod settings;
mod slots;
#[cfg(feature = "config")]
mod tuned;

pub use self::latency::Latency;
pub use self::pace::{Delay, Pace, Quantile};
#[doc(hidden)]
pub use self::race::{Race2, Race3, Race4, race2, race3, race4};
pub use self::recorder::{LatencyRecorder, Measured, Unhedged};
pub use self::settings::{Hedge, Settings, delay, quantile};
pub(crate) use self::slots::{RaceCallbacks, Slots4};
#[cfg(feature = "config")]
pub use self::tuned::Tuned;
#[cfg(feature = "config")]
pub(crate) use self::tuned::Tuning;
