//! `install().parts()` and `inventory()`: every part that is in use, by itself.

mod common;

use common::scrape::{exporter, scrape};
use common::{Memory, with_default};
use persevere::breaker::State;
use persevere::{
    Bulkhead, CircuitBreaker, RateLimiter, Registry, RetryBudget, inventory, retry, telemetry,
};
use std::io;
use std::time::Duration;

static PAYMENTS: CircuitBreaker = CircuitBreaker::new("payments").consecutive(2);
static IDLE: CircuitBreaker = CircuitBreaker::new("idle");
static HOSTS: Registry<String, CircuitBreaker> =
    Registry::new(1000, |_| CircuitBreaker::new("hosts").consecutive(1));
static SEARCH: RateLimiter = RateLimiter::new("search").rate(1, Duration::from_secs(3600));
static REPORTS: Bulkhead = Bulkhead::new("reports", 2).queue(0);
static CHECKOUT: RetryBudget = RetryBudget::total(1).named("checkout");

#[retry(breaker = &PAYMENTS, wait = none(), rate_limiter = fail_fast(&SEARCH), bulkhead = &REPORTS, budget = &CHECKOUT)]
fn pay() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

fn fails(breaker: &CircuitBreaker) {
    let _ = breaker.call(|| None::<u8>);
}

/// One test alone: the inventory is of the whole process.
#[test]
fn every_part_that_is_used_shows_itself() {
    let _alone = exporter();
    assert_eq!(inventory(), Default::default(), "nothing was used");
    // A success is a use.
    assert_eq!(PAYMENTS.call(|| Some(1)), Some(1));
    assert_eq!(inventory().breakers[0].name, "payments");
    assert_eq!(inventory().breakers[0].state, State::Closed);

    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        telemetry::install().parts();
        assert!(pay().is_err());
        fails(&PAYMENTS);
        assert!(PAYMENTS.try_enter().is_err());
    });
    let lines: Vec<String> = memory
        .take()
        .events
        .iter()
        .map(|event| format!("{} {}", event.level, event.fields.get("message")))
        .filter(|line| line.contains("breaker `"))
        .collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("WARN breaker `payments`: closed -> open: 2 failures in a row"),
        "{lines:?}"
    );

    let all = inventory();
    assert_eq!(
        all.breakers.len(),
        1,
        "an idle breaker is not listed: {}",
        IDLE.name()
    );
    let payments = &all.breakers[0];
    assert_eq!((payments.state, payments.counts.refused), (State::Open, 1));
    assert!(payments.left > Some(Duration::from_secs(20)));
    assert_eq!(
        (all.rate_limiters[0].taken, all.rate_limiters[0].refused),
        (1, 1)
    );
    assert_eq!((all.bulkheads[0].entered, all.bulkheads[0].in_use), (1, 0));
    assert_eq!(
        (all.budgets[0].name, all.budgets[0].granted),
        (Some("checkout"), 0)
    );
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(json["breakers"][0]["state"], "open");
    assert!(json["breakers"][0]["left_ms"].as_u64() > Some(20_000));
    assert_eq!(
        json["rate_limiters"][0]["held_for_ms"],
        serde_json::Value::Null
    );

    telemetry::observe_parts();
    let sample = |name: &str| scrape().get(name).unwrap_or(f64::NAN);
    assert_eq!(sample("circuit_breaker_state{breaker=\"payments\"}"), 2.0);
    assert_eq!(
        sample("circuit_breaker_refused_total{breaker=\"payments\"}"),
        1.0
    );
    assert_eq!(
        sample("circuit_breaker_failures_total{breaker=\"payments\"}"),
        2.0
    );
    assert_eq!(
        sample("rate_limiter_permits_total{rate_limiter=\"search\"}"),
        1.0
    );
    assert_eq!(sample("bulkhead_limit{bulkhead=\"reports\"}"), 2.0);
    assert_eq!(sample("retry_budget_available{budget=\"checkout\"}"), 1.0);

    registries();
}

/// Of 150 hosts, 100 are series of their own; the others are one, and none hides another.
fn registries() {
    // Those that come first are closed, but for one; of the others one is open.
    for host in 0..100 {
        HOSTS.get(&format!("host{host:03}")).call(|| Some(1));
    }
    fails(&HOSTS.get("host007"));
    telemetry::observe_parts();
    for host in 100..150 {
        HOSTS.get(&format!("host{host:03}")).call(|| Some(1));
    }
    fails(&HOSTS.get("host123"));
    telemetry::observe_parts();
    let state = |key: &str| {
        scrape().get(&format!(
            "circuit_breaker_state{{breaker=\"hosts\",key=\"{key}\"}}"
        ))
    };
    assert_eq!((state("host007"), state("host099")), (Some(2.0), Some(0.0)));
    assert_eq!(
        (state("host100"), state("host123"), state("…")),
        (None, None, Some(2.0))
    );
    let changes = scrape().of("circuit_breaker_transitions_total", "breaker=\"hosts\"");
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(inventory().breakers.len(), 151);

    // One that is forgotten is no longer open, and its failures stay counted; so do those of its successor.
    let failures = |key: &str| {
        let labels = format!("breaker=\"hosts\",key=\"{key}\"");
        scrape().get(&format!("circuit_breaker_failures_total{{{labels}}}"))
    };
    HOSTS.remove("host007");
    telemetry::observe_parts();
    assert_eq!(
        (state("host007"), failures("host007")),
        (Some(0.0), Some(1.0))
    );
    assert_eq!(inventory().breakers.len(), 150);
    fails(&HOSTS.get("host007"));
    telemetry::observe_parts();
    assert_eq!(failures("host007"), Some(2.0));

    // The sum of the others goes on too, and shows no breaker that is gone.
    HOSTS.remove("host123");
    telemetry::observe_parts();
    assert_eq!((state("…"), failures("…")), (Some(0.0), Some(1.0)));
    fails(&HOSTS.get("host124"));
    telemetry::observe_parts();
    assert_eq!((state("…"), failures("…")), (Some(2.0), Some(2.0)));
}
