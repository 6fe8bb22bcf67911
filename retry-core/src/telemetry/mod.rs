//! Telemetry of retries: log lines, events and spans, metrics.
//!
//! Each of the features `log`, `tracing` and `metrics` adds a sink, and removes none. A call is reported by
//! its keys, or by one call of `install` for the whole process. Arguments are never reported, nor are the
//! values that a call returns. Only the text of its error is, which [`Log::error`] can suppress.
//!
//! | | with the feature | in the attribute | of a [`RetryPolicy`](crate::RetryPolicy) |
//! |---|---|---|---|
//! | lines | `log` | `before_sleep = log_warn()` | `.before_sleep(log_warn().hook())` |
//! | events | `tracing` | the same | the same |
//! | a span for each call | `tracing` | `span = true` | `.instrument(..)` on the future |
//! | metrics | `metrics` | `metrics = true` | `.metrics()` |
//!
//! # Events
//!
//! [`log_error`] … [`log_trace`] write an event of their level, with the target `persevere` and these fields,
//! if they have a value:
//!
//! | field | |
//! |---|---|
//! | `function` | the [name](crate::Progress::name) of the call |
//! | `attempt` | the number of the attempt, from 1 |
//! | `pause_ms` | the pause before the next attempt, in milliseconds |
//! | `elapsed_ms` | the time that the failed call took, in milliseconds |
//! | `reason` | the reason why no attempt follows, a [label](crate::StopReason::label) |
//! | `error` | the error's text, or its type |
//!
//! With both features each line goes to the logger and to the subscriber, and each shows it once, even if one
//! of the two crates forwards to the other: `tracing-subscriber` makes events of log records, and `tracing`'s
//! own feature `log` makes log records of events. Only its `log-always` shows a line twice: omit the feature
//! `log` of this crate beside it.
//!
//! The span of `span = true` is named `retry`, with the target `persevere` at level `Info`. All attempts
//! and pauses of the call are inside. Its fields are `function` and, once the call has ended, `attempts`,
//! `outcome` (`success`, `final` or `give_up`) and, unless it was a success, `reason`. A call that is
//! dropped, or panics, leaves these empty. OpenTelemetry has both events and spans through
//! `tracing-opentelemetry`.
//!
//! # Metrics
//!
//! | name | kind | labels | of |
//! |---|---|---|---|
//! | `retry_attempts_total` | counter | `function`, `outcome` | attempts that ended, by what followed |
//! | `retry_duration_seconds` | histogram | `function` | calls that ended, pauses included |
//! | `retry_give_ups_total` | counter | `function`, `reason` | calls that gave up |
//! | `retry_dropped_total` | counter | `function` | calls that were dropped, or panicked |
//! | `retry_hedged_copies_total` | counter | `function` | further copies of attempts, after `install` |
//! | `circuit_breaker_state` | gauge | `breaker`, `key` | `breaker_metrics`, `observe_breaker` |
//! | `circuit_breaker_failures_total`, `circuit_breaker_refused_total` | counter | `breaker`, `key` | `observe_breaker` |
//! | `circuit_breaker_transitions_total` | counter | `breaker`, `key`, `from`, `to`, `reason` | `breaker_metrics` |
//! | `retry_budget_available` | gauge | `budget` | `observe_budget` |
//! | `retry_budget_granted_total`, `retry_budget_refused_total` | counter | `budget` | `observe_parts`: budgets with a name |
//! | `rate_limiter_wait_seconds` | histogram | `rate_limiter`, `key` | calls that waited for a permit, after `install` |
//! | `rate_limiter_held`, `rate_limiter_queue` | gauge | `rate_limiter`, `key` | `observe_rate_limiter` |
//! | `rate_limiter_permits_total`, `rate_limiter_refused_total` | counter | `rate_limiter`, `key` | `observe_rate_limiter` |
//! | `bulkhead_in_use`, `bulkhead_queue`, `bulkhead_limit` | gauge | `bulkhead`, `key` | `observe_bulkhead` |
//! | `bulkhead_refused_total` | counter | `bulkhead`, `key` | `observe_bulkhead` |
//! | `retry_fleet_joined`, `retry_fleet_members`, `retry_fleet_lag_seconds` | gauge | `namespace` | members of fleets, after `install` |
//! | `retry_fleet_share` | gauge | `namespace`, `kind`, `name` | the share of a limit that a member holds, after `install` |
//! | `retry_fleet_lost_leases_total` | counter | `namespace` | leases that were over, after `install` |
//! | `retry_fleet_failures_total` | counter | `namespace`, `reason` | exchanges that failed, after `install` |
//!
//! A breaker, a rate limiter or a bulkhead has a `key` if several have one name: one of a registry has the key under
//! which it is kept. `observe_parts` sets those of every part, and `install().parts()` does so once a second.
//!
//! An `outcome` is `success` or `final` for attempts that end the call as they are, `retry` for those that a pause
//! and another attempt are to follow, and `give_up` for a wanted attempt that does not follow. A call that ends in
//! its pause or is refused by a breaker gives up without an attempt. So the calls that ended are the attempts with
//! `success` or `final` and all give-ups, and the errors among them those with `final` and all give-ups. Reasons are
//! [labels](crate::StopReason::label). The copies of a hedged attempt are one attempt.
//!
//! Of a function with `metrics = true` every attempt is counted: one that a deadline or a token cuts is a `give_up`,
//! and one whose call is dropped, or panics, is `dropped`. After `install()` alone a call that is dropped has counted
//! the attempts that ended, and nothing else, and an attempt that is cut is not counted.
//!
//! `metrics-exporter-prometheus` makes a summary of a histogram, unless it is given buckets:
//! `.set_buckets_for_metric(Matcher::Full("retry_duration_seconds".into()), &[0.1, 1.0, 10.0])`. Its version 0.18
//! can lose a sample that is recorded during a scrape: count calls by the counter of attempts, which is exact.
//!
//! The repository has a dashboard for Grafana and alert rules for Prometheus over these names, in `dashboards/`.
//!
//! # Every call of the process
//!
//! After one `telemetry::install()`, all sinks report every call, whatever its keys, those inside of libraries
//! too:
//!
//! - a line, and an event, at level `Warn` for a retry and `Error` for a give-up, as with
//!   `before_sleep = log_warn()` and `on_failure = log_error()`; with the type of the error, which may have no text,
//!   and without the time, which may not have been read. A call that is refused before its first attempt has a
//!   line at level `Debug`. A call with a callback of its own for the event is left to that callback.
//! - `retry_attempts_total`, `retry_give_ups_total` and `retry_hedged_copies_total`.
//! - a line at level `Warn` for a mistake in a watched configuration file, and at level `Info` for a load of it;
//! - a line at level `Warn` for a member of a fleet that is alone, and at level `Info` for one that joins.
//!
//! Durations are counted only for calls with `metrics = true` or `.metrics()`, which count nothing twice: other calls
//! read no clock for it. Dropped calls are counted only of functions with `metrics = true`.
//! `install().successes(false)` leaves out successes and final failures.

#[cfg(feature = "std")]
pub(crate) mod blocking_pause;
#[cfg(feature = "std")]
pub(crate) mod breakers;
#[cfg(feature = "reports")]
mod call_event;
#[cfg(feature = "config")]
pub(crate) mod config;
mod counts;
#[cfg(feature = "metrics")]
mod describe;
mod drop_count;
#[cfg(feature = "reports")]
mod error_type;
#[cfg(feature = "events")]
mod event;
#[cfg(feature = "redis-fleet")]
pub(crate) mod fleet;
#[cfg(feature = "metrics")]
mod gauges;
#[cfg(feature = "events")]
mod hooks;
#[cfg(feature = "reports")]
mod install;
#[cfg(feature = "reports")]
mod installed;
#[cfg(feature = "metrics")]
pub(crate) mod limits;
mod line;
mod log;
#[cfg(feature = "metrics")]
mod observer;
pub(crate) mod process;
#[cfg(feature = "reports")]
mod report;
#[cfg(any(feature = "log", feature = "tracing"))]
mod sinks;
mod span;
pub(crate) mod stats;
#[cfg(feature = "events")]
mod subscription;

#[cfg(any(feature = "tracing", feature = "metrics"))]
use crate::call::error::StopReason;
#[cfg(all(feature = "std", feature = "async"))]
use crate::call::name::CallName;

#[cfg(feature = "reports")]
pub use self::call_event::CallEvent;
#[doc(hidden)]
pub use self::counts::{Metered, Metrics};
#[cfg(feature = "metrics")]
pub use self::describe::describe_metrics;
#[doc(hidden)]
pub use self::drop_count::DropCount;
#[cfg(feature = "events")]
pub use self::event::Event;
#[cfg(feature = "metrics")]
pub use self::gauges::{breaker_metrics, observe_breaker, observe_budget};
#[cfg(feature = "events")]
pub use self::hooks::on_event;
#[cfg(feature = "reports")]
pub use self::install::{Installed, install};
#[cfg(feature = "metrics")]
pub use self::limits::{observe_bulkhead, observe_rate_limiter};
#[doc(hidden)]
pub use self::line::Line;
pub use self::line::Show;
pub use self::log::{Log, log_debug, log_error, log_info, log_trace, log_warn};
#[cfg(feature = "metrics")]
pub use self::observer::observe_parts;
#[doc(hidden)]
pub use self::span::{CallSpan, Spanned};
#[cfg(feature = "events")]
pub use self::subscription::{Events, subscribe};

/// A destination of the lines of a [`Log`](log_warn).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`log_error()` to `log_trace()` need the feature `log` or `tracing` of `persevere`",
    label = "neither the feature `log` nor `tracing` is enabled",
    note = "run `cargo add persevere --features tracing`, or `--features log`"
)]
pub trait Sink {
    /// Writes one line.
    #[doc(hidden)]
    fn write(&self, line: Line<'_>);
}

/// Warns, once in a process, of a token that should cut an attempt of the call `name`, and cannot.
#[cfg(all(feature = "std", feature = "async"))]
#[cold]
pub(crate) fn uncut(name: CallName<'_>) {
    use std::sync::Once;
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        warn(format_args!(
            "`{}`: a token does not cut the first attempt, as no outcome is made of an `Interrupt`; say \
             what it becomes: `.interrupt(|i| ..)`, or `interrupt = |i| ..`",
            name.as_str(),
        ));
    });
}

/// Writes a warning that is no event of a call: to an interested subscriber or logger, or else to the
/// terminal.
#[cfg(all(feature = "std", feature = "async"))]
pub(crate) fn warn(text: core::fmt::Arguments<'_>) {
    #[cfg(feature = "tracing")]
    if ::tracing::enabled!(target: "persevere", ::tracing::Level::WARN) {
        return ::tracing::warn!(target: "persevere", "{text}");
    }
    #[cfg(feature = "log")]
    if ::log::log_enabled!(target: "persevere", ::log::Level::Warn) {
        return ::log::warn!(target: "persevere", "{text}");
    }
    std::eprintln!("{text}");
}

/// Writes a line at level debug that is no event of a call, if a subscriber or a logger is interested.
#[cfg(feature = "axum")]
pub(crate) fn debug(text: core::fmt::Arguments<'_>) {
    #[cfg(feature = "tracing")]
    if ::tracing::enabled!(target: "persevere", ::tracing::Level::DEBUG) {
        return ::tracing::debug!(target: "persevere", "{text}");
    }
    #[cfg(feature = "log")]
    ::log::debug!(target: "persevere", "{text}");
    let _ = text;
}

/// Returns the label of the last attempt of a call that ended for this reason; `None` is a success.
#[cfg(any(feature = "tracing", feature = "metrics"))]
const fn what_followed(reason: Option<StopReason>) -> &'static str {
    match reason {
        None => "success",
        Some(StopReason::Final) => "final",
        Some(_) => "give_up",
    }
}
