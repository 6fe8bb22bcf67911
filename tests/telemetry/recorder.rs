//! A recorder of metrics that calls a service itself, through a breaker of its own.

use metrics::{
    Counter, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use persevere::breaker::State;
use persevere::fleet::{Fleet, MemoryStore};
use persevere::rate_limiter::SECOND;
use persevere::{CircuitBreaker, RateLimiter, telemetry};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use tokio::time::sleep;

static STORE: CircuitBreaker = CircuitBreaker::new("store").consecutive(1);

/// The gauges that were set.
static SET: AtomicU32 = AtomicU32::new(0);

/// A gauge that is sent to a store, which is down.
struct Sent;

impl GaugeFn for Sent {
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    fn set(&self, _: f64) {
        SET.fetch_add(1, Ordering::Relaxed);
        let _ = STORE.call(|| None::<()>);
    }
}

/// A gauge with a mistake.
struct Mistaken;

impl GaugeFn for Mistaken {
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    fn set(&self, _: f64) {
        panic!("a mistake of the recorder");
    }
}

struct Sending;

impl Recorder for Sending {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        if key.name().starts_with("retry_fleet") {
            return Gauge::from_arc(Arc::new(Mistaken));
        }
        Gauge::from_arc(Arc::new(Sent))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

fn installed() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        metrics::set_global_recorder(Sending).ok().unwrap();
        telemetry::install().parts();
    });
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_panics_ends_no_exchange_of_a_fleet() {
    static API: RateLimiter = RateLimiter::new("api").rate(100, SECOND);
    installed();
    let store = MemoryStore::new();
    let fleet = Fleet::in_memory(&store).namespace("shop").join(&API);
    let fleet = fleet.start().await.unwrap();
    let before = fleet.status().exchanges;
    sleep(10 * SECOND).await;
    assert!(fleet.status().exchanges > before + 10);
}

/// The change of its breaker is reported while parts are shown: under a lock it waited for itself.
#[test]
fn a_recorder_that_opens_a_breaker_waits_for_nobody() {
    installed();
    let _ = STORE.try_enter();
    telemetry::observe_parts();
    assert_eq!(STORE.state(), State::Open);
    assert!(
        SET.load(Ordering::Relaxed) >= 2,
        "at the look, and at the change"
    );
}
