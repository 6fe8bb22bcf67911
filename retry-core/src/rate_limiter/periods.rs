//! Periods of rates.

use std::time::Duration;

/// A second: `.rate(10, SECOND)`.
pub const SECOND: Duration = Duration::from_secs(1);
/// A minute: `.rate(100, MINUTE)`.
pub const MINUTE: Duration = Duration::from_secs(60);
/// An hour: `.rate(5000, HOUR)`.
pub const HOUR: Duration = Duration::from_secs(3600);
/// A day of 24 hours: `.rate(10_000, DAY)`.
pub const DAY: Duration = Duration::from_secs(24 * 3600);
