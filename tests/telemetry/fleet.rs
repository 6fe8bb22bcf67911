//! Members of a fleet: lines when they join and when they are alone, and the metrics of each exchange.

mod common;

use common::scrape::{exporter, scrape};
use common::{Memory, with_default};
use persevere::fleet::{Fleet, MemoryStore};
use persevere::rate_limiter::SECOND;
use persevere::{RateLimiter, telemetry};
use std::time::Duration;
use tokio::time::sleep;

static API: RateLimiter = RateLimiter::new("api").rate(100, SECOND).burst(10);

/// A fleet of two, whose store is away for a while.
async fn alone_for_a_while() {
    let store = MemoryStore::new();
    let start = |namespace| Fleet::in_memory(&store).namespace(namespace).members(2);
    let fleet = start("shop").join(&API).start().await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let shown = |name: &str| scrape().get(&format!("{name}{{namespace=\"shop\"}}"));
    assert_eq!(shown("retry_fleet_joined"), Some(1.0));
    assert_eq!(shown("retry_fleet_members"), Some(1.0));
    store.stop();
    sleep(Duration::from_secs(8)).await;
    assert_eq!(shown("retry_fleet_joined"), Some(0.0));
    assert_eq!(shown("retry_fleet_lost_leases_total"), Some(1.0));
    let failures = scrape().of("retry_fleet_failures_total", "namespace=\"shop\"");
    assert_eq!(failures[0].0, "reason=\"unreachable\"");
    assert!(failures[0].1 >= 5.0, "{failures:?}");
    let labels = "kind=\"rate_limiter\",name=\"api\"";
    let share = scrape().of("retry_fleet_share", "namespace=\"shop\"");
    assert_eq!(share[0].0, labels, "{share:?}");
    store.resume();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(shown("retry_fleet_joined"), Some(1.0));
    drop(fleet);
}

#[test]
fn a_member_says_whether_it_has_joined() {
    let _alone = exporter();
    telemetry::install();
    let memory = Memory::default();
    with_default(memory.subscriber(), || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(alone_for_a_while());
    });
    let events = memory.take().events;
    let lines: Vec<_> = events
        .iter()
        .map(|event| format!("{} {}", event.level, event.fields.get("message")))
        .collect();
    assert_eq!(
        lines,
        [
            "INFO fleet `shop`: joined, 1 member",
            "WARN fleet `shop`: alone: the store is unreachable",
            "INFO fleet `shop`: joined, 1 member",
            "WARN fleet `shop`: dropped without `leave`, it exchanges no more; its shares are free after the lease",
        ]
    );
}
