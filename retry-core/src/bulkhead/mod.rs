//! Bulkheads, which let only so many attempts run at a time.
//!
//! One slow dependency would else fill every thread, task and connection of a process, and sink it with all that has
//! nothing to do with that dependency. A [`Bulkhead`] has a number of places. An attempt holds one
//! while it runs; the others wait in line, and a line that is full refuses. The name is Nygard's ("Release It!",
//! 2007).
//!
//! ```
//! # use persevere_core as persevere;
//! use persevere::Bulkhead;
//!
//! static REPORTS: Bulkhead = Bulkhead::new("reports", 1).queue(0);
//!
//! let place = REPORTS.try_enter()?;
//! assert_eq!(REPORTS.try_enter().unwrap_err().to_string(), "the bulkhead `reports` is full");
//! drop(place);
//! assert!(REPORTS.try_enter().is_ok());
//! # Ok::<_, persevere::BulkheadFull>(())
//! ```
//!
//! The places in use, their limit and the length of the line are one atomic word, so that calls that find a place
//! neither lock nor allocate. The line is made by the first call that stands in it. A place that is given back goes
//! to the head of the line: nobody overtakes. A call that leaves the line, by a drop too, passes a place on that it
//! was given meanwhile.

mod adapt;
mod admission;
mod as_bulkhead;
#[allow(clippy::module_inception)]
mod bulkhead;
mod bulkhead_full;
mod bulkhead_state;
mod enter;
mod gradient;
mod latency_average;
mod line;
#[cfg(all(test, persevere_loom))]
mod model;
mod numbers;
mod occupancy;
mod place;
mod round;
pub(crate) mod seeker;
mod settings;
#[cfg(any(feature = "redis-fleet", all(test, persevere_loom)))]
mod share;

pub use self::as_bulkhead::AsBulkhead;
pub use self::bulkhead::Bulkhead;
pub use self::bulkhead_full::BulkheadFull;
pub(crate) use self::bulkhead_state::BulkheadState;
#[cfg(feature = "async")]
pub use self::enter::Entering;
pub(crate) use self::numbers::write_numbers;
pub use self::place::{Ended, Place};
pub use self::settings::Settings;
pub use crate::util::key::Key;
