//! A process in which every metric has a sample, with every label.

use std::future::{Future, pending};
use std::sync::OnceLock;
use std::task::{Context, Waker};
use std::time::Duration;

use persevere::fleet::{Fleet, MemoryStore};
use persevere::rate_limiter::SECOND;
use persevere::{Bulkhead, CircuitBreaker, RateLimiter, Registry, RetryBudget, retry, telemetry};

use super::scrape::{Scrape, exporter, scrape};

/// Returns a scrape with everything that this package records.
pub(crate) fn everything() -> &'static Scrape {
    static SCRAPE: OnceLock<Scrape> = OnceLock::new();
    SCRAPE.get_or_init(|| {
        let _alone = exporter();
        telemetry::install();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            calls().await;
            fleet().await;
        });
        let _parts = parts();
        telemetry::observe_parts();
        scrape()
    })
}

/// Makes a call that gives up, one that is hedged, and one that is dropped.
async fn calls() {
    #[retry(metrics = true, wait = none())]
    fn gives_up() -> Result<(), &'static str> {
        Err("busy")
    }
    #[retry(metrics = true, hedge = delay(10ms))]
    async fn hedged() -> std::io::Result<()> {
        tokio::time::sleep(Duration::from_millis(15)).await;
        Ok(())
    }
    #[retry(metrics = true)]
    async fn hangs() -> std::io::Result<()> {
        pending().await
    }
    assert!(gives_up().is_err());
    hedged().await.unwrap();
    let mut dropped = Box::pin(hangs());
    let mut context = Context::from_waker(Waker::noop());
    assert!(dropped.as_mut().poll(&mut context).is_pending());
}

/// Lets a member of a fleet join, be alone, and lose its lease.
async fn fleet() {
    static API: RateLimiter = RateLimiter::new("api").rate(100, SECOND).burst(10);
    let store = MemoryStore::new();
    let fleet = Fleet::in_memory(&store).namespace("shop").join(&API);
    let fleet = fleet.start().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    store.stop();
    tokio::time::sleep(Duration::from_secs(8)).await;
    drop(fleet);
}

static LIMITERS: Registry<String, RateLimiter> =
    Registry::new(1, |_| RateLimiter::new("hosts").rate(1000, SECOND));

#[retry(rate_limiter = LIMITERS.get(host))]
fn limited(host: &str) -> std::io::Result<()> {
    Ok(())
}

/// Uses a part of each kind, those with keys by a key, and keeps them.
fn parts() -> impl Sized {
    static BUDGET: RetryBudget = RetryBudget::total(1).named("budget");
    let breakers: Registry<String, CircuitBreaker> = Registry::new(1, |_| {
        CircuitBreaker::new("hosts").listener(telemetry::breaker_metrics)
    });
    breakers.get("a.example").force_open();
    // One of them waits.
    for _ in 0..2 {
        limited("a.example").unwrap();
    }
    let bulkheads: Registry<String, Bulkhead> = Registry::new(1, |_| Bulkhead::new("hosts", 1));
    drop(bulkheads.get("a.example").try_enter());
    BUDGET.available();
    (breakers, bulkheads)
}
