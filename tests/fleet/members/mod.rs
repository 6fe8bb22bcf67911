//! Processes of a fleet, what is between them and Redis, and the bound that they keep.

mod bound;
mod cluster;
mod process;
mod proxy;

pub(crate) use self::bound::{Bound, Permit};
pub(crate) use self::cluster::Cluster;
pub(crate) use self::process::{Choices, Process, Status};
pub(crate) use self::proxy::Proxy;

use std::thread;
use std::time::{Duration, Instant};

/// Waits until a condition holds.
///
/// # Panics
///
/// If it does not hold within a time that no machine needs.
#[track_caller]
pub(crate) fn eventually(condition: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "{condition}: not within a minute");
        thread::sleep(Duration::from_millis(10));
    }
}
