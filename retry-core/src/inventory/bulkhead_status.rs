//! A bulkhead of the inventory.

use std::fmt;

use crate::bulkhead::{BulkheadState, write_numbers};
use crate::util::key::{Key, Named};

/// The status of a bulkhead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BulkheadStatus {
    /// Its name.
    pub name: &'static str,
    /// The key that distinguishes it from others of its name.
    pub key: Option<Key>,
    /// The places in use.
    pub in_use: u32,
    /// The number of places.
    pub limit: u32,
    /// The calls that wait for a place.
    pub in_line: u32,
    /// The places that were taken.
    pub entered: u64,
    /// The attempts that were refused one.
    pub refused: u64,
}

impl From<&BulkheadState> for BulkheadStatus {
    fn from(state: &BulkheadState) -> Self {
        let (occupancy, (entered, refused)) = (state.load(), state.counts());
        BulkheadStatus {
            name: state.settings().name(),
            key: state.settings().key().copied(),
            in_use: occupancy.in_use(),
            limit: occupancy.limit(),
            in_line: occupancy.in_line(),
            entered,
            refused,
        }
    }
}

/// Writes one line: `bulkhead reports: 20 of 20 places in use, 3 calls in line, 512 entered, 4 refused`.
impl fmt::Display for BulkheadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bulkhead {}: ", Named(self.name, self.key))?;
        write_numbers(
            f,
            (self.in_use, self.limit, self.in_line),
            (self.entered, self.refused),
        )
    }
}
