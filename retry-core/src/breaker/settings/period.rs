//! The settings of a number of failures in a period that opens a breaker.

/// The number of failures, and the period in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(in crate::breaker) struct PeriodSettings {
    pub(in crate::breaker) failures: u32,
    pub(in crate::breaker) nanos: u64,
}
