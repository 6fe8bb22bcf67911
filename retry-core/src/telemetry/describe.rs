//! The meaning of every metric, for the recorder.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Describes the unit and the meaning of every metric to the recorder;
/// [`install`](crate::telemetry::install) does so too.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::telemetry;
///
/// // After the recorder is set.
/// telemetry::describe_metrics();
/// ```
pub fn describe_metrics() {
    describe_counter!("retry_attempts_total", "Attempts, by what followed them.");
    describe_counter!("retry_give_ups_total", "Calls that gave up, by the reason.");
    describe_counter!(
        "retry_dropped_total",
        "Calls that were dropped before they ended."
    );
    describe_counter!(
        "retry_hedged_copies_total",
        "Copies of an attempt beyond the first."
    );
    describe_histogram!(
        "retry_duration_seconds",
        Unit::Seconds,
        "How long calls took, their pauses included."
    );
    describe_gauge!(
        "circuit_breaker_state",
        "0 closed, 1 half-open, 2 open, 3 forced open, 4 forced closed, 5 disabled, 6 metrics only."
    );
    describe_counter!("circuit_breaker_transitions_total", "Changes of state.");
    describe_counter!("circuit_breaker_failures_total", "Calls that failed.");
    describe_counter!("circuit_breaker_refused_total", "Calls that were refused.");
    describe_gauge!(
        "retry_budget_available",
        "Retries that the budget would pay for now."
    );
    describe_counter!("retry_budget_granted_total", "Retries that were paid for.");
    describe_counter!("retry_budget_refused_total", "Retries that were refused.");
    crate::telemetry::limits::describe();
    #[cfg(feature = "redis-fleet")]
    crate::telemetry::fleet::describe();
}
