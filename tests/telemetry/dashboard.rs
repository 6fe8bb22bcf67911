//! The dashboard asks for metrics that there are, by labels that they have.

mod common;

use common::scrape::{exporter, scrape};
use persevere::{Bulkhead, CircuitBreaker, RateLimiter, Registry, RetryBudget, retry, telemetry};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

#[retry(metrics = true, wait = none())]
fn failing() -> Result<(), &'static str> {
    Err("busy")
}

static LIMITER: RateLimiter = RateLimiter::new("l").rate(1000, Duration::from_secs(1));

#[retry(rate_limiter = &LIMITER)]
fn limited() -> std::io::Result<()> {
    Ok(())
}

/// Every query of the dashboard: of panels, and of variables.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("expr" | "definition", Value::String(query)) => found.push(query.clone()),
                    _ => queries(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| queries(item, found)),
        _ => {}
    }
}

/// The words that look like names of ours.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = ["retry_", "circuit_breaker_", "rate_limiter_", "bulkhead_"];
    words.filter(move |word| ours.iter().any(|prefix| word.starts_with(prefix)))
}

/// The labels that a query groups by.
fn labels(query: &str) -> impl Iterator<Item = &str> {
    let groups = query.split("by (").skip(1);
    groups.flat_map(|group| group.split(')').next().unwrap_or_default().split(", "))
}

#[test]
fn the_dashboard_asks_for_what_is_told() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("b").listener(telemetry::breaker_metrics);
    let _alone = exporter();
    assert!(failing().is_err());
    BREAKER.force_open();
    let hosts: Registry<String, CircuitBreaker> = Registry::new(1, |_| {
        CircuitBreaker::new("host").listener(telemetry::breaker_metrics)
    });
    hosts.get("a.example").force_open();
    telemetry::observe_budget("b", &RetryBudget::total(1));
    telemetry::install();
    // One of them waits.
    limited().and_then(|()| limited()).unwrap();
    telemetry::observe_rate_limiter(&LIMITER);
    telemetry::observe_bulkhead(&Bulkhead::new("b", 1));
    let scrape = scrape();
    let told: BTreeSet<_> = scrape.names().into_iter().collect();

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dashboards/grafana.json");
    let dashboard = std::fs::read_to_string(file).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let mut found = Vec::new();
    queries(&dashboard, &mut found);
    let asked: BTreeSet<_> = found.iter().flat_map(|query| names(query)).collect();
    assert!(asked.is_subset(&told), "{:?}", asked.difference(&told));
    // Nothing that is told is left out, but for the other halves of a histogram.
    let missing = told.difference(&asked).collect::<Vec<_>>();
    assert_eq!(
        missing,
        [
            &"rate_limiter_wait_seconds",
            &"retry_duration_seconds_count",
            &"retry_duration_seconds_sum"
        ]
    );
    for query in &found {
        let samples = names(query).next().unwrap();
        for label in labels(query) {
            let has = scrape.has_label(samples, label);
            assert!(has, "`{samples}` has no label `{label}`");
        }
    }
    assert_eq!(found.iter().flat_map(|query| labels(query)).count(), 24);
}
