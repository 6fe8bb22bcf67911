//! Metrics of limits that calls share: rate limiters and bulkheads.

use core::time::Duration;

use metrics::{Label, Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics::{gauge, histogram};

use crate::bulkhead::Bulkhead;
use crate::inventory::{BulkheadStatus, RateLimiterStatus};
use crate::rate_limiter::RateLimiter;
use crate::telemetry::installed::is_installed;
use crate::util::key::Key;

/// Sets the gauges `rate_limiter_held` and `rate_limiter_queue`, and the counters `rate_limiter_permits_total` and
/// `rate_limiter_refused_total`, all with the labels `rate_limiter` and, if it has one, `key`.
///
/// `rate_limiter_held` is the time in seconds for which a service has asked to be left alone. Call it as often as
/// metrics are read: from a timer, or before a scrape.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{RateLimiter, telemetry};
///
/// static GITHUB: RateLimiter = RateLimiter::new("github");
/// telemetry::observe_rate_limiter(&GITHUB);
/// ```
pub fn observe_rate_limiter(limiter: &RateLimiter) {
    let status = RateLimiterStatus::from(limiter.state());
    show_rate_limiter(&status, status.key.as_ref().map(Key::as_str));
}

pub(super) fn show_rate_limiter(status: &RateLimiterStatus, key: Option<&str>) {
    let held = status.held_for.unwrap_or_default();
    let labels = labels("rate_limiter", status.name, key);
    gauge!("rate_limiter_held", labels.clone()).set(held.as_secs_f64());
    gauge!("rate_limiter_queue", labels.clone()).set(status.in_line as f64);
    counter!("rate_limiter_permits_total", labels.clone()).absolute(status.taken);
    counter!("rate_limiter_refused_total", labels).absolute(status.refused);
}

/// Sets the gauges `bulkhead_in_use`, `bulkhead_queue` and `bulkhead_limit`, and the counter `bulkhead_refused_total`,
/// all with the labels `bulkhead` and, if it has one, `key`.
///
/// Call it as often as metrics are read: from a timer, or before a scrape.
///
/// ```
/// # use persevere_core as persevere;
/// use persevere::{Bulkhead, telemetry};
///
/// static REPORTS: Bulkhead = Bulkhead::new("reports", 20);
/// telemetry::observe_bulkhead(&REPORTS);
/// ```
pub fn observe_bulkhead(bulkhead: &Bulkhead) {
    let status = BulkheadStatus::from(bulkhead.state());
    show_bulkhead(&status, status.key.as_ref().map(Key::as_str));
}

pub(super) fn show_bulkhead(status: &BulkheadStatus, key: Option<&str>) {
    let labels = labels("bulkhead", status.name, key);
    gauge!("bulkhead_in_use", labels.clone()).set(f64::from(status.in_use));
    gauge!("bulkhead_queue", labels.clone()).set(f64::from(status.in_line));
    gauge!("bulkhead_limit", labels.clone()).set(f64::from(status.limit));
    counter!("bulkhead_refused_total", labels).absolute(status.refused);
}

/// Records the wait of a call for its permit, once `install()` was called.
#[cold]
pub(crate) fn waited(limiter: &RateLimiter, time: Duration) {
    if is_installed() {
        let labels = labels("rate_limiter", limiter.name(), limiter.key());
        histogram!("rate_limiter_wait_seconds", labels).record(time.as_secs_f64());
    }
}

pub(super) fn describe() {
    describe_histogram!(
        "rate_limiter_wait_seconds",
        Unit::Seconds,
        "How long calls waited for a permit."
    );
    describe_gauge!(
        "rate_limiter_held",
        Unit::Seconds,
        "How long a service has asked to be left alone."
    );
    describe_gauge!("rate_limiter_queue", "Calls that wait for a permit.");
    describe_counter!("rate_limiter_permits_total", "Permits that were taken.");
    describe_counter!("rate_limiter_refused_total", "Calls that were refused one.");
    describe_gauge!("bulkhead_in_use", "Attempts that run.");
    describe_gauge!("bulkhead_queue", "Calls that wait for a place.");
    describe_gauge!("bulkhead_limit", "Attempts that may run at a time.");
    describe_counter!("bulkhead_refused_total", "Calls that were refused a place.");
}

/// Returns the labels of a part; its key, if it has one, is a label of its own.
pub(super) fn labels(part: &'static str, name: &'static str, key: Option<&str>) -> Vec<Label> {
    let part = Label::from_static_parts(part, name);
    let key = key.map(|key| Label::new("key", key.to_owned()));
    [part].into_iter().chain(key).collect()
}
