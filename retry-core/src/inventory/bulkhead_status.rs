//! A bulkhead of the inventory.

use std::fmt;

use super::write_name;
use crate::bulkhead::BulkheadState;
use crate::util::key::Key;

/// The status of a bulkhead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct BulkheadStatus {
    /// Its name.
    pub name: &'static str,
    /// The key that distinguishes it from others of its name.
    pub key: Option<String>,
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
            key: state.settings().key().map(Key::to_string),
            in_use: occupancy.in_use(),
            limit: occupancy.limit(),
            in_line: occupancy.in_line(),
            entered,
            refused,
        }
    }
}

/// Writes one line: `bulkhead reports: 20 of 20 places in use, 3 in line, 512 entered, 4 refused`.
impl fmt::Display for BulkheadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BulkheadStatus {
            in_use,
            limit,
            in_line,
            entered,
            refused,
            ..
        } = self;
        f.write_str("bulkhead ")?;
        write_name(f, self.name, self.key.as_ref())?;
        write!(
            f,
            ": {in_use} of {limit} places in use, {in_line} in line, {entered} entered, {refused} refused"
        )
    }
}
